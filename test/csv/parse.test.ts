import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isComment, isMalformed, parseRecord, parseRecords, type ParsedRecord } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import type { Delimiter, Dialect } from "#imports/flow.ts";
import { dialect, padded, quirkyText, wellFormed } from "./arbitraries.ts";

function parsed(text: string, delimiter: Delimiter = ",", more: Partial<Dialect> = {}): ParsedRecord[] {
  const bytes = Buffer.from(text);
  const positions = recordsOf(bytes, { ...more, delimiter, offset: 0, firstRecord: 1, firstLine: 1 });
  return parseRecords(bytes, positions, { ...more, delimiter, offset: 0 });
}

describe("parseRecords", () => {
  it("gives what parsing record by record gives, whatever the text", () => {
    fc.assert(
      fc.property(quirkyText, dialect, fc.integer({ min: 1, max: 4 }), (text, dialect, columns) => {
        const bytes = Buffer.from(text);
        const positions = recordsOf(bytes, { ...dialect, offset: 0, firstRecord: 1, firstLine: 1 });
        const alone = positions.map(({ at: [start, length] }) => {
          const record = bytes.toString("utf8", start, start + length);
          return dialect.comment && record.startsWith("#") ? { comment: true } : parseRecord(record, dialect);
        });
        expect(parseRecords(bytes, positions, { ...dialect, offset: 0 })).toEqual(alone);
        expect(parseRecords(bytes, positions, { ...dialect, offset: 0, columns })).toEqual(alone);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives what csv-parse gives over the whole file where the file is well-formed", () => {
    fc.assert(
      fc.property(wellFormed, ({ text, delimiter, rows }) => {
        expect(parsed(text, delimiter)).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  it("takes blanks and tabs around quotes for padding, whatever stands in the quotes", () => {
    fc.assert(
      fc.property(padded, ({ text, dialect, rows }) => {
        expect(parsed(text, dialect.delimiter, dialect)).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves blanks alone that are no padding, also beside some that are", () => {
    expect(parsed(' a , "b" ,c\t,\t"d" \n" e ", f\n')).toEqual([
      [" a ", "b", "c\t", "d"],
      [" e ", " f"],
    ]);
    expect(parsed('a\t "b" \tc ', "\t")).toEqual([["a", "b", "c "]]);
  });

  it("reads padded records in a chunk that has a malformed one, which fails with its text as it is", () => {
    expect(parsed('a, "b"\nc, "d" e\n')).toEqual([["a", "b"], expect.objectContaining({ raw: 'c, "d" e' })]);
  });

  it("reads quotes as characters, and backslashes before quotes, where the dialect says so", () => {
    expect(parsed('5","a"\n', ",", { quote: "none" })).toEqual([['5"', '"a"']]);
    expect(parsed('"say \\"a\\" \\\\",\\n\n', ",", { escape: "\\" })).toEqual([['say "a" \\', "\\n"]]);
  });

  it("tells comments from records", () => {
    const records = parsed('# "x\na,#b\n #c\n#\n', ",", { comment: "#" });
    expect(records.map((record) => (isComment(record) ? "comment" : record))).toEqual([
      ...["comment", ["a", "#b"], [" #c"], "comment"],
    ]);
  });

  it("keeps cells as text, neither trimmed nor cast", () => {
    expect(parsed('0017, 1E5 ,"  x",true,😀,"a\r\nb",\n')).toEqual([
      ["0017", " 1E5 ", "  x", "true", "😀", "a\r\nb", ""],
    ]);
  });

  it("gives one empty cell for a blank line, at the start, between and at the end", () => {
    expect(parsed("\na,b\n\r\n\rc\n\n")).toEqual([[""], ["a", "b"], [""], [""], ["c"], [""]]);
  });

  it("takes every record's own line end", () => {
    expect(parsed("a\r\nb\nc\rd")).toEqual([["a"], ["b"], ["c"], ["d"]]);
  });

  it("leaves rows of other lengths than the first as they are", () => {
    expect(parsed("a,b\nc\nd,e,f\n")).toEqual([["a", "b"], ["c"], ["d", "e", "f"]]);
  });

  it("fails a malformed record alone, with its raw text and what is wrong", () => {
    expect(parsed('a,b\nc,d "e" f\ng,h\n"i" j,k\nl,"m\nn"x\no,p\n')).toEqual([
      ["a", "b"],
      {
        malformed: true,
        raw: 'c,d "e" f',
        reason: "Cell 2 has a quote inside text that is not quoted: quote the whole cell and double the quotes in it.",
      },
      ["g", "h"],
      {
        malformed: true,
        raw: '"i" j,k',
        reason: "Cell 1 goes on after its closing quote: double the quotes that belong to the text.",
      },
      {
        malformed: true,
        raw: 'l,"m\nn"x',
        reason: "Cell 2 goes on after its closing quote: double the quotes that belong to the text.",
      },
      ["o", "p"],
    ]);
  });

  it("says what to do by the dialect's own way to write a quote", () => {
    const [record] = parsed('"a ""b""",c\n', ",", { escape: "\\" });
    expect(record).toMatchObject({
      reason: "Cell 1 goes on after its closing quote: put a backslash before the quotes that belong to the text.",
    });
  });

  it("finds the records of a chunk by their offsets in the file", () => {
    const bytes = Buffer.from('a,b\nc"d\ne\n');
    const start = { delimiter: "," as const, offset: 1000, firstRecord: 7, firstLine: 9 };
    const records = parseRecords(bytes, recordsOf(bytes, start), start);
    expect(records.map((record) => (isMalformed(record) ? record.raw : record))).toEqual([["a", "b"], 'c"d', ["e"]]);
  });

  it("parses record by record where the positions are only some of the records", () => {
    const bytes = Buffer.from("a\nb\nc\n");
    const start = { delimiter: "," as const, offset: 0, firstRecord: 1, firstLine: 1 };
    const [first, , third] = recordsOf(bytes, start);
    expect(parseRecords(bytes, [first!, third!], start)).toEqual([["a"], ["c"]]);
  });
});

describe("cells like a formula that is a text", () => {
  it("are read although nobody has quoted them, as spreadsheets do", () => {
    expect(parsed('="0043",="Größe"\n"a,=""b""",="c d"\n="0044"', ",")).toEqual([
      ['="0043"', '="Größe"'],
      ['a,="b"', '="c d"'],
      ['="0044"'],
    ]);
    expect(parsed('=""|="1;2"|="3"', "|")).toEqual([['=""', '="1;2"', '="3"']]);
  });
});

describe("parseRecord", () => {
  it("says that a quote is never closed", () => {
    expect(parseRecord('a,"b', { delimiter: "," })).toEqual({
      malformed: true,
      raw: 'a,"b',
      reason: "Cell 2 opens a quote that is never closed: close it, or double it if it belongs to the text.",
    });
  });

  it("refuses text that is more than one record", () => {
    expect(parseRecord("a\nb", { delimiter: "," })).toMatchObject({ malformed: true, raw: "a\nb" });
  });

  it("agrees with csv-parse on one line", () => {
    expect(parseRecord('a;"b;c";"d""e"', { delimiter: ";" })).toEqual(parse('a;"b;c";"d""e"', { delimiter: ";" })[0]);
  });
});
