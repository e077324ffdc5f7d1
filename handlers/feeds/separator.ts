/** Splits a text at a separator. */
export type Split = (text: string) => string[];

/** Compiles a separator. Where it holds a line break, those in the text count whether they are `\r\n`, `\n` or `\r`. */
export function splitAt(separator: string): Split {
  const plain = withPlainBreaks(separator);
  if (!plain.includes("\n")) return (text) => text.split(separator);
  return (text) => withPlainBreaks(text).split(plain);
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
