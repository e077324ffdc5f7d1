/** A name that several columns of a file may have: `description-{locale}`, `Attribute {n} name`. */
export interface ColumnPattern {
  /** The placeholders, in order. */
  readonly words: readonly string[];
  /** What a column's name has for each placeholder; undefined where the name does not fit. */
  readonly match: (name: string) => Readonly<Record<string, string>> | undefined;
}

const placeholder = /\{(\w+)\}/;

/** What the placeholders can be that mean something; any other is any text, as little as fits. */
const forms: Readonly<Record<string, string>> = {
  n: "\\d+",
  locale: "[a-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Z]{2}|\\d{3}))?",
  currency: "[A-Z]{3}",
};

/** Compiles the name of a column; undefined where it holds no {placeholder}. A placeholder that stands twice must be the same text. */
export function columnPattern(name: string): ColumnPattern | undefined {
  const parts = name.split(placeholder);
  if (parts.length === 1) return undefined;
  const words: string[] = [];
  const source = parts.map((part, at) => {
    if (at % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    if (words.includes(part)) return `\\k<${part}>`;
    words.push(part);
    return `(?<${part}>${Object.hasOwn(forms, part) ? forms[part]! : ".+?"})`;
  });
  const whole = new RegExp(`^${source.join("")}$`, "s");
  return { words, match: (text) => whole.exec(text)?.groups };
}
