import { quote } from "#feeds/bad-cell.ts";
import type { ValidatorSettings } from "#feeds/feed.ts";
import { broken, calledIn, fieldOfPart, forEachPart, type Validator } from "./rule.ts";

/** Holds image references to the form that the feed demands: scheme, host and ending of URLs, or relative paths. */
export const images: Validator<NonNullable<ValidatorSettings["images"]>> = (settings, { columnOf }) => {
  const schemes = lower(settings.schemes ?? ["https"]);
  const hosts = settings.hosts && lower(settings.hosts);
  const extensions = settings.extensions && lower(settings.extensions.map((ending) => ending.replace(/^\./, "")));
  const relative = settings.relative === true;

  const problemOf = (image: string): string | undefined => {
    const absolute = isAbsolute(image);
    if (!absolute && !relative) return `which is not a URL that begins with ${either(schemes)}: write the whole URL.`;
    if (!absolute && strange.test(image)) return "which is not a plain relative path: correct it.";
    const url = absolute ? partsOf(image) : { scheme: "", host: "", path: image.replace(/[?#].*$/s, "") };
    if (url === undefined) return "which is not a URL: correct it.";
    if (absolute && !schemes.has(url.scheme)) return `whose scheme is not ${either(schemes)}: correct it.`;
    if (absolute && url.host === "") return "which names no host: correct it.";
    if (absolute && hosts && !hosts.has(url.host)) return `whose host is not ${either(hosts)}: correct it.`;
    if (extensions && !extensions.has(endingOf(url.path)))
      return `which does not end in ${either(extensions)}: correct it.`;
    return undefined;
  };

  return (product, { errors, imagesFrom }) => {
    forEachPart(product, ({ images: all }, variant) => {
      all?.forEach((image, index) => {
        const problem = problemOf(image);
        if (problem === undefined) return;
        const from = variant === undefined ? imagesFrom?.[index] : undefined;
        const column = from ?? columnOf(fieldOfPart("images", variant));
        const where = calledIn("images", variant, () => column);
        errors.push(broken("BAD_IMAGE_URL", `${where} has ${quote(image)}, ${problem}`, column, image));
      });
    });
  };
};

/** A way up, or a backslash, which some take for a slash. Two slashes in front make a URL, see `isAbsolute`; one is a shop's own root. */
const strange = /\\|(?:^|\/)\.\.(?:\/|$)/;

function isAbsolute(image: string): boolean {
  return image.startsWith("//") || /^[a-z][a-z0-9+.-]*:/i.test(image);
}

interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/** URLs that need no parser: it would cost more than all other rules together. */
const plain = /^(https?):\/\/([a-z0-9-]+(?:\.[a-z0-9-]*[a-z][a-z0-9-]*)+)(\/[\w./~-]*)$/;

function partsOf(image: string): UrlParts | undefined {
  const found = plain.exec(image);
  if (found) return { scheme: found[1]!, host: found[2]!, path: found[3]! };
  const url = URL.parse(image);
  return url ? { scheme: url.protocol.slice(0, -1), host: url.hostname, path: url.pathname } : undefined;
}

/** What stands behind the last point of a path's last name. */
function endingOf(path: string): string {
  const point = path.lastIndexOf(".");
  return point > path.lastIndexOf("/") ? path.slice(point + 1).toLowerCase() : "";
}

function lower(words: readonly string[]): Set<string> {
  return new Set(words.map((word) => word.toLowerCase()));
}

function either(words: ReadonlySet<string>): string {
  return [...words].join(" or ");
}
