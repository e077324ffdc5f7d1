import { quote } from "#feeds/bad-cell.ts";
import type { ValidatorSettings } from "#feeds/feed.ts";
import { broken, called, type Validator } from "./rule.ts";

/** Holds image references to the form that the feed demands: scheme, host and ending of URLs, or relative paths. */
export const images: Validator<NonNullable<ValidatorSettings["images"]>> = (settings, { columnOf }) => {
  const schemes = lower(settings.schemes ?? ["https"]);
  const hosts = settings.hosts && lower(settings.hosts);
  const extensions = settings.extensions && lower(settings.extensions.map((ending) => ending.replace(/^\./, "")));
  const relative = settings.relative === true;
  const begin = called("images", columnOf);

  const problemOf = (image: string): string | undefined => {
    const absolute = /^[a-z][a-z0-9+.-]*:/i.test(image) || image.startsWith("//");
    let path: string;
    if (absolute) {
      const url = URL.parse(image);
      if (url === null) return "which is not a URL: correct it.";
      if (!schemes.has(url.protocol.slice(0, -1))) return `whose scheme is not ${either(schemes)}: correct it.`;
      if (url.host === "") return "which names no host: correct it.";
      if (hosts && !hosts.has(url.hostname)) return `whose host is not ${either(hosts)}: correct it.`;
      path = url.pathname;
    } else if (!relative) {
      return `which is not a URL that begins with ${either(schemes)}: write the whole URL.`;
    } else if (/^[/\\]|\\|(?:^|\/)\.\.(?:\/|$)/.test(image)) {
      return "which is not a plain relative path: correct it.";
    } else {
      path = image.replace(/[?#].*$/s, "");
    }
    if (extensions && !extensions.has(/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "")) {
      return `which does not end in ${either(extensions)}: correct it.`;
    }
    return undefined;
  };

  return (product, errors) => {
    if (product.images === undefined) return;
    for (const image of product.images) {
      const problem = problemOf(image);
      if (problem === undefined) continue;
      errors.push(broken("BAD_IMAGE_URL", `${begin} has ${quote(image)}, ${problem}`, columnOf("images"), image));
    }
  };
};

function lower(words: readonly string[]): Set<string> {
  return new Set(words.map((word) => word.toLowerCase()));
}

function either(words: ReadonlySet<string>): string {
  return [...words].join(" or ");
}
