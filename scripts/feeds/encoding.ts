import { isUtf8 } from "node:buffer";
import { markedEncoding, unmarkedUtf16 } from "#csv/dialect.ts";
import { quote } from "#feeds/bad-cell.ts";

export interface FoundEncoding {
  readonly text: string;
  /** What a feed must declare; nothing where a file's own mark says it, or it is UTF-8. */
  readonly declare?: string;
  readonly doubts: readonly string[];
}

/** Encodings of one byte a character in which files are still sent, the likeliest first. */
const candidates = ["windows-1252", "windows-1250", "macintosh", "windows-1251"];

/** Finds how the first bytes of a text are encoded. `whole` says that they are all of it. */
export function findEncoding(bytes: Uint8Array, whole: boolean): FoundEncoding {
  const marked = markedEncoding(bytes);
  if (marked && marked.encoding !== "utf-32") {
    return { text: new TextDecoder(marked.encoding).decode(withoutCutEnd(bytes, whole)), doubts: [] };
  }
  const utf16 = unmarkedUtf16(bytes);
  if (utf16) {
    const doubt = `The file looks like ${utf16} without a byte order mark: the feed declares that encoding; check that no sign is wrong.`;
    return { text: new TextDecoder(utf16).decode(bytes), declare: utf16, doubts: [doubt] };
  }
  const plain = withoutCutEnd(bytes, whole);
  if (isUtf8(plain)) return { text: new TextDecoder().decode(plain), doubts: [] };
  const asUtf8 = new TextDecoder().decode(plain);
  const broken = asUtf8.split("\ufffd").length - 1;
  const right = (asUtf8.match(/(?!\ufffd)\P{ASCII}/gu) ?? []).length;
  if (right > 10 * broken) {
    const doubt = `The file is UTF-8 but for ${broken} bytes, and would be rejected for them: export it again; no encoding fits all of it.`;
    return { text: asUtf8, doubts: [doubt] };
  }
  return oneByte(plain);
}

function oneByte(bytes: Uint8Array): FoundEncoding {
  const read = candidates.map((encoding) => {
    const text = new TextDecoder(encoding).decode(bytes);
    return { encoding, text, strange: strangeness(text, encoding) };
  });
  const best = read.reduce((best, one) => (one.strange < best.strange ? one : best));
  const word = /[\p{L}\p{N}]*\P{ASCII}[\p{L}\p{N}]*/u.exec(best.text)?.[0] ?? "";
  const others = read
    .filter(({ encoding, text }) => encoding !== best.encoding && text !== best.text)
    .map(({ encoding, text }) => `${encoding} (${quote(wordAt(text, best.text.indexOf(word), word.length))})`);
  const doubt = `The file is not UTF-8: ${best.encoding} was assumed, in which it has the word ${quote(word)}; if that looks wrong, declare another, like ${others.join(", ")}.`;
  return { text: best.text, declare: best.encoding, doubts: [doubt] };
}

function wordAt(text: string, at: number, length: number): string {
  return text.slice(at, at + length);
}

/** How much of a text is what nobody writes: signs inside words, capitals behind small letters, control characters, words of accents. */
function strangeness(text: string, encoding: string): number {
  const count = (pattern: RegExp): number => (text.match(pattern) ?? []).length;
  const inside = count(/\p{L}[^\p{L}\p{N}\p{M}\s\p{ASCII}’´–—·™®©°²³]+\p{L}/gu);
  const capitals = count(/\p{Ll}(?=\P{ASCII})\p{Lu}\p{Ll}?/gu);
  const controls = count(/[\x80-\x9f\ufffd]/g);
  const superscripts = count(/\p{L}[³¹¿¡¼½¾]\p{L}/gu);
  // Cyrillic read as Latin is nothing but letters with accents; Latin read as Cyrillic is letters of both in one word.
  const accented = encoding === "windows-1251" ? 0 : count(/[\u00c0-\u024f]{4,}/g);
  const mixed = count(/[a-z]\p{Script=Cyrillic}|\p{Script=Cyrillic}[a-z]/giu);
  const lone = encoding === "windows-1251" ? count(/(?<!\p{L})\p{Script=Cyrillic}(?!\p{L})/gu) : 0;
  return 2 * inside + 2 * capitals + 4 * controls + 2 * superscripts + 2 * accented + 2 * mixed + lone;
}

/** Without the first bytes of a character that the end of a sample has cut. */
function withoutCutEnd(bytes: Uint8Array, whole: boolean): Uint8Array {
  if (whole) return bytes;
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) break;
  }
  return bytes;
}
