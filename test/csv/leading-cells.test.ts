import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leadingCells } from "#csv/leading-cells.ts";

describe("the leading cells of a malformed record", () => {
  it.each([
    ['A,b "c",d', ["A"]],
    ['A,"x, y","b" c,d', ["A", "x, y"]],
    ['"A""1",\'b\',x"', ['A"1', "'b'"]],
    ['a "b",c', []],
    ['"a" b,c', []],
    ['A, "x" ,"b" c', ["A", "x"]],
    ["A,b,c", []],
    ["", []],
  ])("of %j are %j", (raw, cells) => {
    expect(leadingCells(raw, { delimiter: "," })).toEqual(cells);
  });

  it("are read in the dialect of the file", () => {
    expect(leadingCells('"A\\"1";b "c"', { delimiter: ";", escape: "\\" })).toEqual(['A"1']);
    expect(leadingCells('A "1";b', { delimiter: ";", quote: "none" })).toEqual([]);
  });

  it("are those that were written before the bad one", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (cells) => {
        const written = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`);
        expect(leadingCells([...written, 'a "b"', "c"].join(","), { delimiter: "," })).toEqual(cells);
      }),
    );
  });
});
