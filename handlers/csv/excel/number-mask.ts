/**
 * What a number format writes around the digits of an integer: a placeholder, 0 or #, stands by itself, a text has its sign in
 * front. `"SKU-"0000` is ["=SKU-", "0", "0", "0", "0"].
 */
export type Mask = readonly string[];

/** Literal text, a character that stands for itself, what shows no character, or one of the format's own signs. */
const parts = /"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.|([\s\S])/g;

/** The mask of a format's section; undefined where it writes nothing but digits, or shows more of a number than its digits. */
export function maskOf(section: string): Mask | undefined {
  const mask: string[] = [];
  for (const [whole, quoted, escaped, sign] of section.matchAll(parts)) {
    const literal = quoted ?? escaped ?? (sign !== undefined && standsForItself.test(sign) ? sign : undefined);
    if (literal !== undefined) mask.push(`=${literal}`);
    else if (sign === "0" || sign === "#") mask.push(sign);
    else if (sign !== undefined || whole.startsWith("[$")) return undefined;
  }
  const placeholders = mask.filter(isPlaceholder).length;
  return placeholders > 0 && placeholders < mask.length ? mask : undefined;
}

const standsForItself = /[-+()/: !&~{}=<>]/;

/** The integer's digits in the mask's places; the first one takes all that are too many. */
export function masked(digits: string, mask: Mask): string {
  let left = mask.filter(isPlaceholder).length;
  let taken = 0;
  return mask
    .map((part) => {
      if (!isPlaceholder(part)) return part.slice(1);
      const to = digits.length - --left;
      const from = taken;
      taken = Math.max(to, 0);
      return to > 0 ? digits.slice(from, to) : part === "0" ? "0" : "";
    })
    .join("");
}

function isPlaceholder(part: string): boolean {
  return part === "0" || part === "#";
}
