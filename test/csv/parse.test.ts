import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMalformed, parseRecord, parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import type { Delimiter } from "#imports/flow.ts";
import { delimiter, quirkyText, wellFormed } from "./arbitraries.ts";

function parsed(text: string, delimiter: Delimiter = ",") {
  const bytes = Buffer.from(text);
  const positions = recordsOf(bytes, { delimiter, offset: 0, firstRecord: 1, firstLine: 1 });
  return parseRecords(bytes, positions, { delimiter, offset: 0 });
}

describe("parseRecords", () => {
  it("gives what parsing record by record gives, whatever the text", () => {
    fc.assert(
      fc.property(quirkyText, delimiter, fc.integer({ min: 1, max: 4 }), (text, delimiter, columns) => {
        const bytes = Buffer.from(text);
        const positions = recordsOf(bytes, { delimiter, offset: 0, firstRecord: 1, firstLine: 1 });
        const alone = positions.map(({ at: [start, length] }) =>
          parseRecord(bytes.toString("utf8", start, start + length), { delimiter }),
        );
        expect(parseRecords(bytes, positions, { delimiter, offset: 0 })).toEqual(alone);
        expect(parseRecords(bytes, positions, { delimiter, offset: 0, columns })).toEqual(alone);
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
