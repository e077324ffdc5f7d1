import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordsOf } from "#csv/records.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import type { Delimiter, Dialect } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";
import { blockSizes, dialect, quirkyText, wellFormed } from "./arbitraries.ts";
import { blocksOf } from "./blocks.ts";

/** The rules, written down as plainly as can be: one character at a time over the whole text. */
function plainRecords(bytes: Buffer, { delimiter, quote, escape, comment }: Dialect): Position[] {
  const text = bytes.toString("latin1");
  const positions: Position[] = [];
  let start = 0;
  let startLine = 1;
  let line = 1;
  let quoted = false;
  let fieldStart = true;
  let commented = false;
  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    const lineBreak = char === "\r" && text[at + 1] === "\n" ? 2 : char === "\r" || char === "\n" ? 1 : 0;
    if (lineBreak > 0) {
      line++;
      at += lineBreak;
      if (quoted) continue;
      positions.push({ record: positions.length + 1, line: startLine, at: [start, at - lineBreak - start] });
      start = at;
      startLine = line;
      fieldStart = true;
      commented = false;
    } else if (commented || (comment === char && at === start && !quoted)) {
      commented = true;
      at++;
    } else if (quoted) {
      const taken = escape === undefined ? char === '"' && text[at + 1] === '"' : char === escape;
      if (taken && text[at + 1] === "\r" && text[at + 2] === "\n") {
        line++;
        at += 3;
      } else if (taken) {
        if (text[at + 1] === "\n" || text[at + 1] === "\r") line++;
        at += 2;
      } else {
        if (char === '"') quoted = false;
        at++;
      }
    } else {
      quoted = quote === undefined && char === '"' && fieldStart;
      fieldStart = char === delimiter || (fieldStart && (char === " " || char === "\t"));
      at++;
    }
  }
  if (start < text.length)
    positions.push({ record: positions.length + 1, line: startLine, at: [start, text.length - start] });
  return positions;
}

function recordsInBlocks(bytes: Buffer, dialect: Dialect, sizes: readonly number[]): Position[] {
  const splitter = new RecordSplitter({ ...dialect, offset: 0, line: 1 });
  const positions: Position[] = [];
  let start = 0;
  let line = 1;
  const take = (ended: number): void => {
    for (let i = 0; i < ended; i++) {
      const next = splitter.nexts[i]!;
      positions.push({ record: positions.length + 1, line, at: [start, next - splitter.breaks[i]! - start] });
      start = next;
      line = splitter.lines[i]!;
    }
  };
  for (const block of blocksOf(bytes, sizes)) take(splitter.scan(block));
  take(splitter.end());
  return positions;
}

const all = (bytes: Buffer, dialect: Dialect): Position[] =>
  recordsOf(bytes, { ...dialect, offset: 0, firstRecord: 1, firstLine: 1 });

const textsOf = (text: string, delimiter: Delimiter = ",", more: Partial<Dialect> = {}): string[] => {
  const bytes = Buffer.from(text);
  return all(bytes, { ...more, delimiter }).map(({ at: [start, length] }) =>
    bytes.toString("utf8", start, start + length),
  );
};

describe("record boundaries", () => {
  it("follow the plain rules whatever the text and however the blocks are cut", () => {
    fc.assert(
      fc.property(quirkyText, dialect, blockSizes, (text, dialect, sizes) => {
        const bytes = Buffer.from(text);
        const expected = plainRecords(bytes, dialect);
        expect(all(bytes, dialect)).toEqual(expected);
        expect(recordsInBlocks(bytes, dialect, sizes)).toEqual(expected);
        expect(recordsInBlocks(bytes, dialect, [1])).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it("are those of csv-parse over the whole file where the file is well-formed", () => {
    fc.assert(
      fc.property(wellFormed, blockSizes, ({ text, delimiter, rows }, sizes) => {
        const bytes = Buffer.from(text);
        const parsed = parse(bytes, {
          delimiter,
          record_delimiter: ["\r\n", "\n", "\r"],
          relax_column_count: true,
          info: true,
        }) as unknown as { record: string[]; info: { bytes: number } }[];
        expect(parsed.map(({ record }) => record)).toEqual(rows);
        const positions = recordsInBlocks(bytes, { delimiter }, sizes);
        expect(positions).toHaveLength(rows.length);
        const starts = [0, ...parsed.map(({ info }) => info.bytes)].slice(0, rows.length);
        expect(positions.map(({ at }) => at[0])).toEqual(starts);
      }),
      { numRuns: 1000 },
    );
  });

  it("take \\n, \\r\\n and a lone \\r for line ends, mixed", () => {
    expect(textsOf("a\nb\r\nc\rd")).toEqual(["a", "b", "c", "d"]);
  });

  it("count blank lines as records, but nothing after a break at the very end", () => {
    expect(textsOf("\n\na\n\n")).toEqual(["", "", "a", ""]);
    expect(textsOf("a\r\n")).toEqual(["a"]);
    expect(textsOf("")).toEqual([]);
  });

  it("keep line breaks inside quotes, and count their lines", () => {
    const bytes = Buffer.from('a,"b\r\nc\nd\re"\nf\n');
    expect(all(bytes, { delimiter: "," }).map(({ line }) => line)).toEqual([1, 5]);
  });

  it("open a quote only at the start of a field", () => {
    expect(textsOf('a "b\nc" d\n')).toEqual(['a "b', 'c" d']);
    expect(textsOf('x;"b\nc"\n', ";")).toEqual(['x;"b\nc"']);
    expect(textsOf('x;"b\nc"\n', ",")).toEqual(['x;"b', 'c"']);
  });

  it("open a quote behind blanks and tabs as well, for they are padding", () => {
    expect(textsOf(' "b\nc"\nx')).toEqual([' "b\nc"', "x"]);
    expect(textsOf('a, \t "b\nc" ,d\nx')).toEqual(['a, \t "b\nc" ,d', "x"]);
    expect(textsOf('a\t \t"b\nc"\t\nx', "\t")).toEqual(['a\t \t"b\nc"\t', "x"]);
    expect(textsOf('"a"  "b\nc"')).toEqual(['"a"  "b', 'c"']);
  });

  it("know no quotes where the dialect has none", () => {
    expect(textsOf('5",a\n"b,c\n', ",", { quote: "none" })).toEqual(['5",a', '"b,c']);
  });

  it("take a backslash for what stands before a quote in quotes, where the dialect says so", () => {
    expect(textsOf('"a\\"\n\\\\",b\nx\\,"y"\n', ",", { escape: "\\" })).toEqual(['"a\\"\n\\\\",b', 'x\\,"y"']);
  });

  it("take a comment for a record that ends with its line, where the dialect has comments", () => {
    expect(textsOf('# say "hello\na,#b\n#,"c\n', ",", { comment: "#" })).toEqual(['# say "hello', "a,#b", '#,"c']);
  });

  it("take what follows a closing quote literally, up to the next field", () => {
    expect(textsOf('"a"b"\nc,"d\ne"\n')).toEqual(['"a"b"', 'c,"d\ne"']);
  });

  it("take a doubled quote for a quote, also across blocks", () => {
    const bytes = Buffer.from('"a""\nb"\nc');
    for (let size = 1; size <= bytes.length; size++) {
      expect(recordsInBlocks(bytes, { delimiter: "," }, [size]).map(({ at }) => at)).toEqual([
        [0, 7],
        [8, 1],
      ]);
    }
  });

  it("hold for more records in one block than the splitter has room for at first", () => {
    expect(textsOf("x\n".repeat(5000))).toEqual(Array(5000).fill("x"));
  });

  it("tell the offsets, records and lines of the file where the bytes are a chunk of it", () => {
    expect(
      recordsOf(Buffer.from('a\n"b\n"\nc'), { delimiter: ",", offset: 1e12, firstRecord: 101, firstLine: 205 }),
    ).toEqual([
      { record: 101, line: 205, at: [1e12, 1] },
      { record: 102, line: 206, at: [1e12 + 2, 4] },
      { record: 103, line: 208, at: [1e12 + 7, 1] },
    ]);
  });
});

describe("an unclosed quote", () => {
  const openOn = (text: string, size = 3): number | undefined => {
    const splitter = new RecordSplitter({ delimiter: ",", offset: 0, line: 1 });
    for (const block of blocksOf(Buffer.from(text), [size])) splitter.scan(block);
    splitter.end();
    return splitter.unclosedQuoteLine;
  };

  it("is found with the line on which it opens", () => {
    expect(openOn('a,b\n"c\nd",e\nf,"g\nh\n')).toBe(4);
    expect(openOn('"a""')).toBe(1);
    for (const size of [1, 3, 100]) expect(openOn('"a\nb","c\nd', size)).toBe(2);
  });

  it("is not seen where the last byte closes it", () => {
    expect(openOn('a\n"b"')).toBeUndefined();
    expect(openOn('a\n"b"\r')).toBeUndefined();
    expect(openOn('a\n"b"""')).toBeUndefined();
  });
});
