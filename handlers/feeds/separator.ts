/** Splits a text at a separator. */
export type Split = (text: string) => string[];

/**
 * Compiles a separator. Where it holds a line break, those in the text count whether they are `\r\n`, `\n` or `\r`. One behind a
 * backslash belongs to the text (`Tops \/ Shirts`): so do shops write a name that holds it.
 */
export function splitAt(separator: string): Split {
  const plain = withPlainBreaks(separator);
  if (plain.includes("\n")) return (text) => withPlainBreaks(text).split(plain);
  const escaped = `\\${separator}`;
  return (text) => (text.includes(escaped) ? splitEscaped(text, separator, escaped) : text.split(separator));
}

function splitEscaped(text: string, separator: string, escaped: string): string[] {
  const parts: string[] = [];
  for (const piece of text.split(escaped)) {
    const [first = "", ...others] = piece.split(separator);
    const last = parts.pop();
    parts.push(last === undefined ? first : last + separator + first, ...others);
  }
  return parts;
}

function withPlainBreaks(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** The items between separators, trimmed, without empty ones; null where none is left. */
export function itemsOf(text: string, split: Split): string[] | null {
  const items: string[] = [];
  for (const part of split(text)) {
    const item = part.trim();
    if (item !== "") items.push(item);
  }
  return items.length > 0 ? items : null;
}
