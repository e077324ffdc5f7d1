import fc from "fast-check";
import { delimiters, type Delimiter, type Dialect } from "#imports/flow.ts";

export const delimiter: fc.Arbitrary<Delimiter> = fc.constantFrom(...delimiters);

/** A dialect with any of the settings that a feed can make. */
export const dialect: fc.Arbitrary<Dialect> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ delimiter }) },
  {
    weight: 1,
    arbitrary: fc.record(
      { delimiter, quote: fc.constant("none" as const), comment: fc.constant("#" as const) },
      { requiredKeys: ["delimiter"] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { delimiter, escape: fc.constant("\\" as const), comment: fc.constant("#" as const) },
      { requiredKeys: ["delimiter"] },
    ),
  },
);

const lineBreak = fc.constantFrom("\n", "\r\n", "\r");

/** Text in which everything that can confuse a splitter is frequent: the record structure is left to chance. */
export const quirkyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('"', '""', ",", ";", "|", "\t", "\n", "\r\n", "\r", ',"', '",', '"\n', '\n"', '"\r'),
      },
      { weight: 1, arbitrary: fc.constantFrom("\\", '\\"', "#", "\n#", ' "', '" ', ', "', '" ,', '\t"') },
      { weight: 3, arbitrary: fc.constantFrom("a", "0017", " ", "é", "€", "😀", "=1", "'", "\ufeff", "\u2028") },
      { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 5 }).filter((text) => !text.includes("\0")) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

/** Sizes of the blocks in which a file arrives: small ones, so that every boundary falls inside something. */
export const blockSizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 5,
});

export interface WellFormed {
  readonly delimiter: Delimiter;
  readonly text: string;
  readonly rows: string[][];
}

/** A file that follows the rules: quoted wherever it must be, and often where it need not be; line ends mixed. */
export const wellFormed: fc.Arbitrary<WellFormed> = delimiter.chain((chosen) => {
  const content = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("", "a", "0017", " x ", "1E5", "é€", "😀", "=1+1") },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.constantFrom('"', ",", ";", "|", "\t", "\n", "\r\n", "\r", "b", " ", "ü"), { maxLength: 8 })
        .map((parts) => parts.join("")),
    },
  );
  const cell = fc.record({ content, quoted: fc.boolean() }).map(({ content, quoted }) => ({
    content,
    written:
      quoted || ['"', "\n", "\r", chosen].some((special) => content.includes(special))
        ? `"${content.replaceAll('"', '""')}"`
        : content,
  }));
  const row = fc.record({ cells: fc.array(cell, { minLength: 1, maxLength: 5 }), end: lineBreak });
  return fc.record({ rows: fc.array(row, { maxLength: 12 }), lastBreak: fc.boolean() }).map(({ rows, lastBreak }) => {
    const lines = rows.map(({ cells }) => cells.map(({ written }) => written).join(chosen));
    // An \r before a line that begins with \n would be one break; and an empty last line needs its break to be a record.
    const ends = rows.map(({ end }, i) => (end === "\r" && (lines[i + 1] ?? "") === "" ? "\r\n" : end));
    const text = lines
      .map((line, i) => (i === lines.length - 1 && !lastBreak && line !== "" ? line : line + ends[i]!))
      .join("");
    return { delimiter: chosen, text, rows: rows.map(({ cells }) => cells.map(({ content }) => content)) };
  });
});

/** The same file with blanks and tabs around its quotes. */
export const padded: fc.Arbitrary<WellFormed & { readonly dialect: Dialect }> = fc
  .record({
    delimiter,
    escape: fc.option(fc.constant("\\" as const), { nil: undefined }),
    rows: fc.array(
      fc.array(
        fc.record({
          content: fc
            .array(fc.constantFrom('"', ",", ";", "|", "\t", "\n", "\r\n", "b", " ", "ü", "\\"), { maxLength: 8 })
            .map((parts) => parts.join("")),
          before: fc.constantFrom("", " ", "  "),
          behind: fc.constantFrom("", " ", "   "),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ delimiter, escape, rows }) => {
    const written = (content: string): string =>
      escape === undefined ? content.replaceAll('"', '""') : content.replaceAll(/["\\]/g, "\\$&");
    const text = rows
      .map((row) => row.map(({ content, before, behind }) => `${before}"${written(content)}"${behind}`).join(delimiter))
      .join("\n");
    return {
      delimiter,
      dialect: { delimiter, escape },
      text,
      rows: rows.map((row) => row.map(({ content }) => content)),
    };
  });
