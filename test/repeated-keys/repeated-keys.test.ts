import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Line } from "#records/line.ts";
import { keyIndexOf, keysIn } from "#repeated-keys/key-index.ts";
import { RepeatedKeys, type Repetition } from "#repeated-keys/repeated-keys.ts";

interface Row {
  readonly key?: string;
  readonly failed?: boolean;
  readonly version?: string;
}

const lineOf = ({ key, failed = false, version }: Row, record: number): Line => {
  const position = { record, line: record + 1, at: [0, 1] as const };
  if (key === undefined) return { kind: "blank", ...position };
  const failure = version === undefined ? {} : { failure: { id: "f", sourceVersion: version } };
  if (failed) return { kind: "failed", ...position, ...failure, key, errors: [{ code: "BAD_MONEY", message: "" }] };
  return { kind: "mapped", ...position, ...failure, key, product: { sku: key } };
};

/** Repetitions of a file's rows in chunks of so many, the chunks taken in the order that `shuffled` gives them. */
function found(rows: readonly Row[], chunkRecords: number, liveOnly = true, shuffled = <T>(all: T[]): T[] => all) {
  const lines = rows.map((row, index) => lineOf(row, index + 1));
  const chunks = Array.from({ length: Math.ceil(rows.length / chunkRecords) }, (_, chunk) => ({
    first: chunk * chunkRecords + 1,
    index: keyIndexOf(lines.slice(chunk * chunkRecords, (chunk + 1) * chunkRecords)),
  }));
  const repeated = new RepeatedKeys(rows.length, liveOnly);
  for (const { index } of shuffled(chunks)) repeated.collect(keysIn(index));
  const any = repeated.collected();
  for (const { index, first } of shuffled(chunks)) repeated.group(keysIn(index), first);
  const repetitions = chunks.flatMap(({ index, first }) => repeated.repetitionsIn(keysIn(index), first));
  return { any, repetitions, sum: repeated.sum() };
}

/** The same, said as simply as it can be. */
function expected(rows: readonly Row[], liveOnly: boolean): Repetition[] {
  const counted = rows
    .map((row, index) => ({ ...row, record: index + 1 }))
    .filter(({ key, failed }) => key !== undefined && !(liveOnly && failed));
  return counted.flatMap(({ key, record }) => {
    const all = counted.filter((other) => other.key === key).map((other) => other.record);
    const others = all.slice(0, 4).filter((other) => other !== record);
    return all.length < 2 ? [] : [{ record, last: all.at(-1)!, others: others.slice(0, 3), count: all.length }];
  });
}

const rows = fc.array(
  fc.record({ key: fc.constantFrom("A", "B", "C", "D", "0017", "größe"), failed: fc.boolean() }, { requiredKeys: [] }),
  { maxLength: 40 },
) as fc.Arbitrary<Row[]>;

describe("the repeated keys of a file", () => {
  it("are those that several records have, whatever the chunks and their order", () => {
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.boolean(),
        (all, size, liveOnly, backwards) => {
          const { any, repetitions, sum } = found(all, size, liveOnly, (list) =>
            backwards ? list.toReversed() : list,
          );
          const right = expected(all, liveOnly);
          expect(repetitions).toEqual(right);
          expect(any).toBe(right.length > 0);
          expect(sum).toEqual({
            keys: new Set(right.map(({ last }) => last)).size,
            records: right.length,
          });
        },
      ),
    );
  });

  it("are won by the newest record where records have ages of their own", () => {
    const { repetitions } = found(
      [
        { key: "A", version: "2026-02" },
        { key: "A", version: "2026-03" },
        { key: "A", version: "2026-01" },
      ],
      1,
    );
    expect(repetitions.map(({ record, last }) => [record, last])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
  });

  it("are told apart though their hashes begin alike", () => {
    // An index by hand: one high half, three low ones.
    const index = Buffer.alloc(4 + 5 * 16);
    index.writeUInt32BE(5, 0);
    [7, 8, 7, 9, 8].forEach((low, place) => {
      index.writeUIntBE(1, 4 + place * 16, 6);
      index.writeUIntBE(low, 10 + place * 16, 6);
      index.writeUInt32BE(place * 2 + 1, 16 + place * 16);
    });
    const repeated = new RepeatedKeys(5, true);
    repeated.collect(keysIn(index));
    expect(repeated.collected()).toBe(true);
    repeated.group(keysIn(index), 1);
    expect(repeated.repetitionsIn(keysIn(index), 1).map(({ record, last }) => [record, last])).toEqual([
      [1, 3],
      [2, 5],
      [3, 3],
      [5, 5],
    ]);
    expect(repeated.sum()).toEqual({ keys: 2, records: 4 });
  });
});

describe("the index of a chunk", () => {
  it("has an entry for each record with a key, with its place and whether it is live", () => {
    const index = keyIndexOf([{ key: "A" }, {}, { key: "A", failed: true }, { key: "B" }].map(lineOf));
    expect(index).toHaveLength(4 + 3 * 16);
    const keys = [...keysIn(index)];
    expect(keys.map(({ place, live }) => [place, live])).toEqual([
      [0, true],
      [2, false],
      [3, true],
    ]);
    expect([keys[0]!.high, keys[0]!.low]).toEqual([keys[1]!.high, keys[1]!.low]);
    expect(keys[0]!.high).not.toBe(keys[2]!.high);
  });
});
