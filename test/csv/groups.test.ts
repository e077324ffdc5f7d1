import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChunkPlanner } from "#csv/chunks.ts";
import type { Grouping } from "#csv/groups.ts";
import { recordsOf } from "#csv/records.ts";
import type { Chunk } from "#imports/flow.ts";
import { blockSizes } from "./arbitraries.ts";
import { blocksOf } from "./blocks.ts";

type Given = Omit<Grouping, "identity">;
const grouping: Given = { delimiter: ",", group: 1, columns: 3, inSheet: false };
const starting: Given = { ...grouping, starts: ["A", "C,D"] };
const groupings = fc.constantFrom(grouping, starting);

/** Rows of three cells, of which the second is the group; some of them blank, some with quotes, commas and line breaks. */
const cell = fc.constantFrom("", "x", "a,b", 'say "hi"', "two\nlines", " ", "ü☃");
const row = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(cell, fc.constantFrom("", "", "A", "B", " A ", "C,D"), cell) },
  { weight: 1, arbitrary: fc.constant(["", "", ""]) },
);

function csvOf(rows: readonly (readonly string[])[]): Buffer {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return Buffer.from(rows.map((cells) => `${cells.map(quoted).join(",")}\n`).join(""));
}

/** The groups of the whole file as csv-parse reads it, each as its rows; of blank rows those that stand within a group alone. */
function groupsOf(bytes: Buffer, { starts }: Given): string[][][] {
  const rows: string[][] = parse(bytes, { skip_empty_lines: false });
  const groups: string[][][] = [];
  let above: { group: string; rows: string[][] } | undefined;
  let between: string[][] = [];
  for (const cells of rows) {
    const group = cells[1]!.trim();
    if (cells.every((text) => text.trim() === "")) {
      between.push(cells);
      continue;
    }
    if (above && (starts ? !starts.includes(group) : group === "" || group === above.group)) {
      above.rows.push(...between, cells);
      if (group !== "") above.group = group;
    } else {
      groups.push(...between.map((blank) => [blank]));
      above = { group, rows: [cells] };
      groups.push(above.rows);
    }
    between = [];
  }
  return [...groups, ...between.map((blank) => [blank])];
}

function planned(bytes: Buffer, sizes: readonly number[], maxRecords: number, maxBytes: number, by: Given = grouping) {
  const planner = new ChunkPlanner({ delimiter: ",", offset: 0, line: 1 }, { maxRecords, maxBytes }, by);
  const chunks: Chunk[] = [];
  for (const block of blocksOf(bytes, sizes)) chunks.push(...planner.push(block));
  const end = planner.end();
  return { ...end, chunks: [...chunks, ...end.chunks] };
}

test("no group is ever cut, whatever the size of chunks and blocks; all together they are the groups of the whole file", () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      blockSizes,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 80 }),
      groupings,
      (rows, sizes, maxRecords, maxBytes, by) => {
        const bytes = csvOf(rows);
        const { chunks, records, rows: counted } = planned(bytes, sizes, maxRecords, maxBytes, by);
        const positions = chunks.flatMap((chunk) => {
          const own = recordsOf(bytes.subarray(chunk.start, chunk.end), {
            ...by,
            ...chunk,
            offset: chunk.start,
          });
          expect(own).toHaveLength(chunk.records);
          expect(own[0]?.record).toBe(chunk.firstRecord);
          return own;
        });
        const read = positions.map(({ at, rows: places }) =>
          (places ?? [{ at }]).map(({ at: [start, length] }) => {
            const [cells] = parse(bytes.subarray(start, start + length), { skip_empty_lines: false });
            return cells as string[];
          }),
        );
        expect(read).toEqual(groupsOf(bytes, by));
        expect(records).toBe(positions.length);
        expect(counted).toBe(rows.length);
        // The chunks cover the file, and each position the run of its rows.
        expect(chunks.map(({ start }) => start)).toEqual([0, ...chunks.slice(0, -1).map(({ end }) => end)]);
        expect(chunks.at(-1)?.end).toBe(bytes.length);
        for (const { at, rows: places } of positions) {
          if (!places) continue;
          expect(places[0]!.at[0]).toBe(at[0]);
          const [start, length] = places.at(-1)!.at;
          expect(start + length).toBe(at[0] + at[1]);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("a chunk has no more rows than it may, unless a group alone has more", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (rows, maxRecords) => {
      const bytes = csvOf(rows);
      for (const chunk of planned(bytes, [1000], maxRecords, 1e6).chunks) {
        const piece: string[][] = parse(bytes.subarray(chunk.start, chunk.end), { skip_empty_lines: false });
        if (chunk.records > 1) expect(piece.length).toBeLessThanOrEqual(maxRecords);
      }
    }),
  );
});

test("how the blocks are cut changes nothing", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), blockSizes, (rows, sizes) => {
      const bytes = csvOf(rows);
      expect(planned(bytes, sizes, 4, 60)).toEqual(planned(bytes, [100_000], 4, 60));
    }),
  );
});

test("where a record says itself that it starts, no row that cannot be read may be the first one of it", () => {
  const file = Buffer.from(["x,A,", '"x"y,A,', 'x,"C,D",'].join("\n"));
  const found = (by: Given) =>
    recordsOf(file, { ...by, offset: 0, firstRecord: 1, firstLine: 1 }).map(({ line, behind }) => [line, behind]);
  expect(found(grouping)).toEqual([
    [1, undefined],
    [3, 2],
  ]);
  expect(found(starting)).toEqual([
    [1, undefined],
    [3, undefined],
  ]);
});
