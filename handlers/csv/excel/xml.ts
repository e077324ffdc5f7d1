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

/**
 * The tags of a document, or of a part of one that is cut between two tags, in order. Throws where markup has no end. Every
 * character is passed once or twice, whatever the document holds: a pattern with a way back would not promise that.
 */
export function* tagsOf(xml: string): Generator<Tag> {
  let text = "";
  let last = 0;
  for (let at = xml.indexOf("<"); at !== -1; at = xml.indexOf("<", last)) {
    text += decode(xml.slice(last, at));
    if (xml.startsWith("<!--", at)) {
      last = endOf(xml, "-->", at + 4);
    } else if (xml.startsWith("<![CDATA[", at)) {
      last = endOf(xml, "]]>", at + 9);
      text += xml.slice(at + 9, last - 3);
    } else if (xml[at + 1] === "?" || xml[at + 1] === "!") {
      last = endOf(xml, ">", at + 2);
    } else {
      last = endOfTag(xml, at + 1);
      yield tagOf(xml, at + 1, last - 1, text);
      text = "";
    }
  }
}

/** Behind the next `mark`. */
function endOf(xml: string, mark: string, from: number): number {
  const at = xml.indexOf(mark, from);
  if (at === -1) throw new Error(`Markup has no ${mark}`);
  return at + mark.length;
}

/** Behind the `>` of a tag; one inside an attribute's quotes is text. */
function endOfTag(xml: string, from: number): number {
  for (let at = from; at < xml.length; at++) {
    const code = xml.charCodeAt(at);
    if (code === 0x3e) return at + 1;
    if (code === 0x3c) break;
    if (code === 0x22 || code === 0x27) {
      at = xml.indexOf(code === 0x22 ? '"' : "'", at + 1);
      if (at === -1) break;
    }
  }
  throw new Error("A tag has no end");
}

function tagOf(xml: string, from: number, to: number, text: string): Tag {
  const closing = xml[from] === "/";
  const start = closing ? from + 1 : from;
  let name = start;
  let end = start;
  for (; end < to; end++) {
    const code = xml.charCodeAt(end);
    if (code === 0x3a) name = end + 1;
    else if (code <= 0x20 || code === 0x2f) break;
  }
  const attributes = xml.slice(end, to);
  const kind = closing ? "close" : attributes.endsWith("/") ? "empty" : "open";
  return { name: xml.slice(name, end), kind, attributes, text };
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
