import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBlankRecord, noRecord } from "#csv/no-record.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { isBlankRow } from "#records/is-blank-row.ts";

describe("a comment", () => {
  it("is no record, in a dialect that has them", () => {
    expect(noRecord(Buffer.from("# a,b"), { delimiter: ",", comment: "#" })).toBe("leftOut");
    expect(noRecord(Buffer.from("# a,b"), { delimiter: "," })).toBeUndefined();
    expect(noRecord(Buffer.from(" ,"), { delimiter: ",", comment: "#" })).toBe("blank");
  });
});

describe("a blank record", () => {
  it("is one whose cells make a blank row, in any dialect", () => {
    const part = fc.constantFrom("", ",", ";", "\t", '"', '""', " ", "\u00a0", "a", "\n", "0");
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join("")),
        fc.constantFrom(",", ";", "\t", "|"),
        (text, delimiter) => {
          const cells = parseRecord(text, { delimiter });
          const blank = !isMalformed(cells) && isBlankRow(cells);
          expect(isBlankRecord(Buffer.from(text), { delimiter })).toBe(blank);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
