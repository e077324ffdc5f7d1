import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { compileFeed } from "#feeds/compile.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { Line, Position } from "#records/line.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";
import { groupIndexOf, groupsIn } from "#repeated-keys/group-index.ts";
import { groupedRecords } from "#repeated-keys/grouped-records.ts";
import { ScatteredGroups } from "#repeated-keys/scattered-groups.ts";

const at = [0, 1] as const;

/** The scattered groups of a file's records, which have these values and stand two lines apart, in chunks of so many. */
function found(values: readonly string[], chunkRecords: number, backwards: boolean) {
  const chunks = Array.from({ length: Math.ceil(values.length / chunkRecords) }, (_, chunk) => {
    const first = chunk * chunkRecords;
    const own = values.slice(first, first + chunkRecords);
    const records = own.map((value, place) => ({ place, line: 2 * (first + place + 1), value }));
    return { first: first + 1, index: groupIndexOf(records.filter(({ value }) => value !== "")) };
  });
  const order = backwards ? chunks.toReversed() : chunks;
  const groups = new ScatteredGroups(values.length);
  for (const { index } of order) groups.collect(index);
  const any = groups.collected();
  for (const { index } of order) groups.group(index);
  return { any, scattered: chunks.flatMap(({ index, first }) => groups.scatteredIn(index, first)) };
}

describe("the groups of a file whose rows do not stand together", () => {
  it("are those whose value stands in several records, whatever the chunks and their order", () => {
    const value = fc.constantFrom("hat", "cap", "scarf", "größe", "");
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 5 }), fc.boolean(), (values, size, backwards) => {
        const all = values.map((one, place) => ({ one, record: place + 1, line: 2 * (place + 1) }));
        const right = all.flatMap(({ one, record }) => {
          const same = all.filter((other) => one !== "" && other.one === one);
          const lines = same.slice(0, 4).filter((other) => other.record !== record);
          return same.length < 2
            ? []
            : [{ record, lines: lines.slice(0, 3).map((other) => other.line), count: same.length }];
        });
        const { any, scattered } = found(values, size, backwards);
        expect(scattered).toEqual(right);
        expect(any).toBe(right.length > 0);
      }),
    );
  });

  it("are told apart by the file that each first stood in, where failures of several come back in one", () => {
    const of = (file: string, record: number) => `${file.repeat(32)}-1-${record}`;
    const index = groupIndexOf(
      [of("a", 1), of("b", 1), of("a", 9)].map((failure, place) => ({ place, line: place + 2, value: "hat", failure })),
    );
    const [a, b, again] = [...groupsIn(index)].map(({ high, low }) => `${high}/${low}`);
    expect(a).toBe(again);
    expect(a).not.toBe(b);
  });
});

describe("the groups of a chunk", () => {
  const feed = compileFeed("shop", {
    ...{ description: "x", catalog: "shop", key: "Handle", mapping: { name: "Title" } },
    columns: { Handle: { required: true }, Title: {} },
    leaveOut: [{ column: "Title", is: "Total" }],
  });
  const header = ["Handle", "Title"];

  /** What is found in rows, each record of which is so many. */
  function groupsOf(text: string, sizes: readonly number[], columns = header, failedRecords = false) {
    const bytes = Buffer.from(text);
    const dialect = { delimiter: "," as const };
    const rows = recordsOf(bytes, { ...dialect, offset: 50, firstRecord: 1, firstLine: 10 });
    let next = 0;
    const positions = sizes.map((size, place): Position => {
      const own = rows.slice(next, (next += size));
      const [first, last] = [own[0]!, own.at(-1)!];
      return {
        record: place + 1,
        line: first.line,
        at: [first.at[0], last.at[0] + last.at[1] - first.at[0]],
        rows: own,
      };
    });
    const table = {
      ...{ bucket: "b", key: "k", header: [0, 50] as const, group: 0, ...dialect },
      ...(failedRecords && { failedRecords: true as const }),
    };
    const parsed = parseRecords(bytes, rows, { ...dialect, offset: 50 });
    return groupedRecords(feed, columns, table, positions, parsed);
  }

  it("have the value of their rows as a spreadsheet shows it, the line of the first, and their place", () => {
    const text = 'hat,"A\nHat"\n,Red\n\n cap ,Cap\n\n"=""scarf""",Scarf\n';
    expect(groupsOf(text, [3, 1, 1, 1])).toMatchObject([
      { place: 0, line: 10, value: "hat" },
      { place: 1, line: 14, value: "cap" },
      { place: 3, line: 16, value: "scarf" },
    ]);
  });

  it("are there where their rows cannot be read: the value stands before what breaks them", () => {
    expect(groupsOf('hat,3" pipe\ncap,a,b,c\n', [1, 1])).toMatchObject([{ value: "hat" }, { value: "cap" }]);
  });

  it("are none where the feed leaves out all rows, or nothing stands in them", () => {
    expect(groupsOf("hat,Total\n,Total\ncap,Total\ncap,Cap\n,\n", [2, 2, 1])).toMatchObject([
      { place: 1, value: "cap" },
    ]);
  });

  it("know the failures that they are, where the file is a failed-records CSV", () => {
    const id = `${"a".repeat(32)}-1-7`;
    const text = `'=hat,Hat,${id},7,12,,,,\n,Red,${id},7,13,,,,\n`;
    const [group] = groupsOf(text, [2], [...header, ...bookkeepingColumns], true);
    expect(group).toMatchObject({ value: "=hat", failure: id });
  });
});

describe("a record whose group is scattered", () => {
  const feed = { key: "sku", duplicates: "last" } as const;
  const position = { record: 1, line: 2, at, key: "hat" };
  const mapped: Line = { ...position, kind: "mapped", product: { sku: "hat" } };
  const failed = (code: "BAD_MONEY" | "THROTTLED" | "FAILURE_NOT_OPEN"): Line => ({
    ...{ ...position, kind: "failed", errors: [{ code, message: "Bad." }] },
  });
  const found = [
    { record: 1, lines: [30], count: 2 },
    { record: 1, last: 9, others: [9], count: 2 },
  ];
  const codes = (line: Line) =>
    applyRepetitions(feed, "i", [line], found).flatMap((one) =>
      one.kind === "failed" ? one.errors.map(({ code }) => code) : [one.kind],
    );

  it.each<[Line, string[]]>([
    [mapped, ["SCATTERED_GROUP"]],
    [{ ...position, kind: "restructured", cells: [] }, ["SCATTERED_GROUP"]],
    [failed("BAD_MONEY"), ["SCATTERED_GROUP", "BAD_MONEY"]],
    [failed("THROTTLED"), ["SCATTERED_GROUP", "THROTTLED"]],
    [failed("FAILURE_NOT_OPEN"), ["FAILURE_NOT_OPEN"]],
    [{ kind: "leftOut", record: 1, line: 2, at }, ["leftOut"]],
  ])("fails by that first, whatever becomes of its key: %j", (line, expected) => {
    expect(codes(line)).toEqual(expected);
    const [once] = applyRepetitions(feed, "i", [line], found);
    expect(applyRepetitions(feed, "i", [once!], found)).toEqual([once]);
  });

  it("is told where the others begin, and what to do", () => {
    const message = (lines: number[], count: number, sheet?: { name: string; headerRow: number }) => {
      const [line] = applyRepetitions(feed, "i", [mapped], [{ record: 1, lines, count }], sheet);
      return line?.kind === "failed" ? line.errors[0].message : undefined;
    };
    const todo = "put all rows of a group below each other, and send the file again.";
    expect(message([30], 2)).toBe(`Other rows of its group begin at line 30 of the file: ${todo}`);
    expect(message([3, 4, 5], 9)).toBe(
      `Other rows of its group begin at lines 3, 4, 5 and 5 more of the file: ${todo}`,
    );
    expect(message([3, 4], 3, { name: "S", headerRow: 1 })).toBe(
      `Other rows of its group begin at rows 3 and 4 of the sheet: ${todo}`,
    );
  });
});
