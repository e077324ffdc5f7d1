/** Control characters, line and paragraph separators, blanks that are no plain space, and what programs show nothing for. */
const unseen = /(?![\t\r\n \u3000])[\p{Cc}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]/u;

const emoji = "\\p{Emoji}(?:\\p{Emoji_Modifier}|[\\ufe0e\\ufe0f]\\u20e3?|[\\u{e0020}-\\u{e007f}]+)?";
/** An emoji with what joins and varies it, which all belongs to the one sign that is seen; or a character that is not seen. */
const signs = new RegExp(`(${emoji}(?:\\u200d${emoji})*)|${unseen.source}`, "gu");

/**
 * A text for a sentence or a table, where characters that a person would not see stand by their number: `na⟨U+200B⟩me`. Letters
 * of any script and emoji stay as they are, and so do line breaks and tabs, which are seen.
 */
export function visible(text: string): string {
  if (!unseen.test(text)) return text;
  return text.replace(signs, (sign: string, isEmoji: string | undefined) =>
    isEmoji === undefined ? `⟨U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩` : sign,
  );
}
