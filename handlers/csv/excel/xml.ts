/** A tag of an XML document and the text before it. */
export interface Tag {
  /** Local name, without namespace prefix. */
  readonly name: string;
  readonly kind: "open" | "close" | "empty";
  /** Attributes as they are written. */
  readonly attributes: string;
  /** Text since the tag before, decoded. */
  readonly text: string;
}

const markup =
  /<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<[?!][^>]*>|<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;

/** The tags of a document, or of a part of one that is cut between two tags, in order. */
export function* tagsOf(xml: string): Generator<Tag> {
  let text = "";
  let last = 0;
  for (const match of xml.matchAll(markup)) {
    text += decode(xml.slice(last, match.index));
    last = match.index + match[0].length;
    const [, cdata, closing, name, attributes = ""] = match;
    if (cdata !== undefined) text += cdata;
    if (name === undefined) continue;
    const empty = attributes.endsWith("/");
    yield { name, kind: closing === "/" ? "close" : empty ? "empty" : "open", attributes, text };
    text = "";
  }
}

/** The value of an attribute, whatever its namespace prefix, or undefined. */
export function attribute({ attributes }: Tag, name: string): string | undefined {
  if (attributes === "") return undefined;
  const match = patternOf(name).exec(attributes);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : decode(value);
}

const patterns = new Map<string, RegExp>();

function patternOf(name: string): RegExp {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    patterns.set(name, pattern);
  }
  return pattern;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  if (!lines.includes("&")) return lines;
  return lines.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return entities[name!] ?? whole;
  });
}
