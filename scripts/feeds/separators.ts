import { quote } from "#feeds/bad-cell.ts";
import type { Profile } from "./profile.ts";

/** How the cells of a column are split, with what is not sure of it. */
export interface FoundSeparators {
  readonly levels?: string;
  readonly paths?: string;
  readonly doubts: readonly string[];
}

const share = (values: readonly string[], fits: (text: string) => boolean): number =>
  values.length === 0 ? 0 : values.filter(fits).length / values.length;

/** Finds what stands between the levels of category paths, and between several paths in one cell. */
export function categorySeparators({ name, values }: Profile): FoundSeparators {
  for (const levels of [">", "»", "\\", "/"]) {
    if (share(values, (text) => text.includes(levels)) < 0.1) continue;
    const paths = ["|", ";", ",", "\n"].find((sign) => sign !== levels && separatesPaths(values, levels, sign));
    const example = values.find((text) => text.includes(levels))!;
    const doubts = [
      ...(levels === "/" || levels === "\\"
        ? [
            `Column ${quote(name)} has ${quote(example)}: the sign ${levels} was taken for what stands between the levels of a category.`,
          ]
        : []),
      ...(paths === "," ? [commaDoubt(name, values, "several categories")] : []),
    ];
    return { levels, ...(paths !== undefined && { paths }), doubts };
  }
  for (const sign of ["|", ";", ","]) {
    if (share(values, (text) => text.includes(sign)) < 0.1) continue;
    const items = values.map((text) => text.split(sign).map((item) => item.trim()));
    const first = new Set(items.map(([item]) => item));
    const later = items.flatMap((row) => row.slice(1));
    // What stands first in one cell and later in another is one of several categories, and no level.
    const several = later.some((item) => first.has(item));
    if (sign === "," && !several) {
      const doubt = `Column ${quote(name)} has commas: they were taken for a part of a category's name; add "paths": "," if several categories stand in a cell.`;
      return { doubts: [doubt] };
    }
    const meaning = several ? "several categories" : "the levels of a category";
    const doubt = `Column ${quote(name)} has ${quote(values.find((text) => text.includes(sign))!)}: the sign ${sign} was taken for what stands between ${meaning}.`;
    return several ? { paths: sign, doubts: [doubt] } : { levels: sign, doubts: [doubt] };
  }
  return { doubts: [] };
}

function separatesPaths(values: readonly string[], levels: string, sign: string): boolean {
  const split = values.filter((text) => text.includes(sign)).map((text) => text.split(sign).map((path) => path.trim()));
  if (split.length === 0) return false;
  if (sign === "|" || sign === ";" || sign === "\n") return true;
  const starts = new Set(values.map((text) => text.split(levels)[0]!.split(sign)[0]!.trim()));
  return (
    share(
      split.flatMap((paths) => paths.slice(1)),
      (path) => path.includes(levels) || starts.has(path),
    ) > 0.5
  );
}

function commaDoubt(name: string, values: readonly string[], between: string): string {
  const example = quote(values.find((text) => text.includes(","))!);
  return `Column ${quote(name)} has ${example}: commas were taken for what stands between ${between}.`;
}

const image = /^(?:https?:)?\/\/\S+$|^\S+\.(?:jpe?g|png|webp|gif|avif|svg|bmp|tiff?)(?:[?#]\S*)?$/i;

/** Whether a text is a reference to an image, as far as can be seen. */
export function isImage(text: string): boolean {
  return image.test(text);
}

/** What stands between several images in a cell; "" where each has one; undefined where the cells are no images. */
export function imageSeparator(values: readonly string[]): string | undefined {
  const good = (separator: string): number =>
    share(values, (text) =>
      (separator === "" ? [text] : text.split(separator)).every((part) => part.trim() === "" || isImage(part.trim())),
    );
  const separator = ["", "|", ";", ",", "\n", " "].find(
    (sign) =>
      (sign === "" || values.some((text) => text.includes(sign))) &&
      good(sign) >= 0.95 &&
      !(sign === "" && values.some((text) => /[|;,]\s*(?:https?:)/.test(text))),
  );
  return separator;
}

/** What stands between the words of a list, where the cells look like lists: short words, many of them more than once. */
export function listSeparator(values: readonly string[], named: boolean): string | undefined {
  for (const sign of named ? ["|", ";", ","] : ["|", ";"]) {
    const many = share(values, (text) => text.includes(sign));
    const items = values.flatMap((text) => text.split(sign).map((item) => item.trim()));
    const short = share(items, (item) => item.length <= 40 && !/[.!?]\s|[<>=:]/.test(item));
    if (many >= (named ? 0.05 : 0.2) && short > 0.95) return sign;
  }
  return undefined;
}
