import { describe, expect, it } from "vitest";
import { trippedBy, usualOf, type Usual } from "#guards/guards.ts";
import { isRepriced } from "#guards/price-factor.ts";
import { addSums, sumOfLines, type PreparedSum } from "#guards/prepared-sum.ts";
import { usualGuards } from "#guards/settings.ts";
import type { Line, MappedLine } from "#records/line.ts";

const nothing: PreparedSum = {
  ...{ records: 1000, failed: 0, created: 0, existing: 1000, repriced: 0, losing: 0, examples: {} },
};
const updates: Usual = { records: 1000, createdPercent: 0 };

function tripped(sum: Partial<PreparedSum>, usual: Usual | undefined = updates): string[] {
  return trippedBy(usualGuards, { ...nothing, ...sum }, usual).map(({ guard }) => guard);
}

describe("each guard, just at its limit and just over it", () => {
  it.each<[string, Partial<PreparedSum>, Partial<PreparedSum>]>([
    ["failed", { failed: 200 }, { failed: 201 }],
    ["repriced", { repriced: 200 }, { repriced: 201 }],
    ["losing", { losing: 200 }, { losing: 201 }],
    ["created", { created: 500 }, { created: 501 }],
    ["fewer", { records: 500 }, { records: 499 }],
  ])("%s", (guard, under, over) => {
    expect(tripped(under)).toEqual([]);
    expect(tripped(over)).toEqual([guard]);
  });

  it("tells all that are tripped, with figures and examples", () => {
    const examples = { failed: [{ record: 1, line: 2, key: "A" }] };
    const told = trippedBy(usualGuards, { ...nothing, failed: 201, losing: 1000, examples }, updates);
    expect(told).toMatchObject([
      {
        ...{ guard: "failed", limit: 20, examples: examples.failed },
        message: "201 of 1000 records would fail: 20.1 %, and the limit is 20 %.",
      },
      {
        ...{ guard: "losing", percent: 100, examples: [] },
        message: "1000 of 1000 products that are stored would lose a field: 100 %, and the limit is 20 %.",
      },
    ]);
    const [fewer] = trippedBy(usualGuards, { ...nothing, records: 30 }, updates);
    expect(fewer!.message).toBe(
      "The file has 30 records, 3 % of the 1000 that the feed's last files usually had; the limit is 50 %.",
    );
  });

  it("prices and fields are judged by the products that are stored, not by the records", () => {
    expect(tripped({ created: 400, existing: 10, repriced: 3 })).toEqual(["repriced"]);
    expect(tripped({ created: 400, existing: 0 })).toEqual([]);
  });
});

it("a small file is never held", () => {
  const all = { existing: 19, failed: 19, repriced: 19, losing: 19, created: 19 };
  expect(tripped({ ...all, records: 19 })).toEqual([]);
  expect(tripped({ ...all, records: 20 })).toEqual(["failed", "repriced", "losing", "created", "fewer"]);
});

describe("what is usual", () => {
  it("is known from the second import on: half of them have as many records or more", () => {
    expect(usualOf([{ records: 10, created: 0 }])).toBeUndefined();
    const imports = [1000, 40, 1100, 900, 1000].map((records) => ({ records, created: 0 }));
    expect(usualOf(imports)).toEqual({ records: 1000, createdPercent: 0 });
  });

  it("says nothing of created records where the feed creates more than one in ten", () => {
    expect(tripped({ created: 1000 }, { records: 1000, createdPercent: 10.1 })).toEqual([]);
    expect(tripped({ created: 1000 }, { records: 1000, createdPercent: 10 })).toEqual(["created"]);
    expect(trippedBy(usualGuards, { ...nothing, created: 1000 }, undefined)).toEqual([]);
  });

  it("says nothing of the number of records where files are usually small", () => {
    expect(tripped({ records: 20 }, { records: 19, createdPercent: 0 })).toEqual([]);
  });
});

describe("a price", () => {
  const product = (price: string, variant?: string, currency = "EUR") => ({
    ...{ sku: "A", price, currency },
    ...(variant !== undefined && { variants: [{ sku: "A-S", price: variant }] }),
  });

  it.each<[string, string, boolean]>([
    ["10", "20", false],
    ["10", "20.01", true],
    ["20", "10", false],
    ["20.01", "10", true],
    ["0", "0.00", false],
    ["0", "1", true],
    ["1", "0", true],
  ])("that was %s and is %s", (before, after, expected) => {
    expect(isRepriced(product(before), product(after), 2)).toBe(expected);
    expect(isRepriced(product("1", before), product("1", after), 2)).toBe(expected);
  });

  it("in another currency is another price, and one that is new or gone is none that changed", () => {
    expect(isRepriced(product("1"), product("9", undefined, "USD"), 2)).toBe(false);
    expect(isRepriced({ sku: "A" }, product("9"), 2)).toBe(false);
    expect(isRepriced(product("9", "9"), product("9"), 2)).toBe(false);
  });
});

describe("the sum of what lines would do", () => {
  const at = { line: 2, at: [0, 1] as const };
  const mapped = (record: number, compared: Partial<MappedLine["compared"]>): Line => ({
    ...{ ...at, record, kind: "mapped", key: `K${record}`, product: { sku: `K${record}` } },
    compared: { outcome: "updated", hash: "h", ...compared },
  });
  const lines: Line[] = [
    mapped(1, { repriced: true }),
    mapped(2, { losing: true }),
    mapped(3, { outcome: "created" }),
    mapped(4, { outcome: "unchanged" }),
    mapped(5, { outcome: "superseded" }),
    { ...at, record: 6, kind: "blank" },
    { ...at, record: 7, kind: "failed", errors: [{ code: "BAD_MONEY", message: "" }] },
  ];

  it("counts each for what it is, with examples", () => {
    expect(sumOfLines(lines)).toEqual({
      ...{ records: 7, failed: 1, created: 1, existing: 3, repriced: 1, losing: 1 },
      examples: {
        ...{ repriced: [{ record: 1, line: 2, key: "K1" }], losing: [{ record: 2, line: 2, key: "K2" }] },
        ...{ created: [{ record: 3, line: 2, key: "K3" }], failed: [{ record: 7, line: 2 }] },
      },
    });
  });

  it("goes through the state of a machine, whatever is in the file", () => {
    const long: Line = {
      ...at,
      record: 1,
      kind: "failed",
      key: "K".repeat(100_000),
      errors: [{ code: "BAD_KEY", message: "" }],
    };
    expect(JSON.stringify(sumOfLines([long])).length).toBeLessThan(1000);
  });

  it("is that of the chunks, with three examples", () => {
    const { records, repriced, examples } = addSums([lines, lines, lines, lines].map((own) => sumOfLines(own)));
    expect({ records, repriced, examples: examples.repriced!.length }).toEqual({
      records: 28,
      repriced: 4,
      examples: 3,
    });
  });
});
