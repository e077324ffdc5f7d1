import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guard, unguard } from "#csv/spreadsheet-safe.ts";

const cells = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "\n", "1", ".", "a", "＝"), { maxLength: 6 })
    .map((parts) => parts.join("")),
);

describe("guard", () => {
  it("can always be taken back", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(unguard(guard(cell))).toBe(cell);
      }),
      { numRuns: 5000 },
    );
  });

  it("leaves nothing that a spreadsheet would run", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const safe = guard(cell);
        expect(/^[=+\-@\t\r\n＝＋－＠]/.test(safe) && !/^[+-]\d+([.,]\d+)?$/.test(safe)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "+49 30 123"])(
    "puts an apostrophe before %j",
    (cell) => {
      expect(guard(cell)).toBe(`'${cell}`);
    },
  );

  it.each(["", "a", "0017", "-5", "+5", "-1.50", "-1,5", "a=b", "'tis", "''", " =1"])("leaves %j as it is", (cell) => {
    expect(guard(cell)).toBe(cell);
  });

  it("adds to apostrophes that already stand before a formula", () => {
    expect(guard("'=1")).toBe("''=1");
    expect(guard("'-5")).toBe("''-5");
  });
});

describe("unguard", () => {
  it("leaves an apostrophe that guards nothing", () => {
    expect(unguard("'tis")).toBe("'tis");
    expect(unguard("'")).toBe("'");
  });
});
