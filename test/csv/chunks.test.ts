import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChunkLimits } from "#csv/chunk-limits.ts";
import { ChunkPlanner } from "#csv/chunks.ts";
import { recordsOf } from "#csv/records.ts";
import type { Chunk, Delimiter } from "#imports/flow.ts";
import { blockSizes, delimiter, quirkyText } from "./arbitraries.ts";
import { blocksOf } from "./blocks.ts";

function planned(bytes: Buffer, limits: ChunkLimits, delimiter: Delimiter = ",", sizes: readonly number[] = [5]) {
  const planner = new ChunkPlanner({ delimiter, offset: 0, line: 1 }, limits);
  const chunks: Chunk[] = [];
  for (const block of blocksOf(bytes, sizes)) chunks.push(...planner.push(block));
  const end = planner.end();
  return { ...end, chunks: [...chunks, ...end.chunks] };
}

describe("chunks", () => {
  it("hold exactly the records of the whole file, however it is cut", () => {
    fc.assert(
      fc.property(
        quirkyText,
        delimiter,
        blockSizes,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (text, delimiter, sizes, maxRecords, maxBytes) => {
          const bytes = Buffer.from(text);
          const { chunks, records, unclosedQuoteLine } = planned(bytes, { maxRecords, maxBytes }, delimiter, sizes);
          const whole = recordsOf(bytes, { delimiter, offset: 0, firstRecord: 1, firstLine: 1 });
          const split = chunks.flatMap((chunk) =>
            recordsOf(bytes.subarray(chunk.start, chunk.end), { ...chunk, delimiter, offset: chunk.start }),
          );
          expect(split).toEqual(whole);
          expect(records).toBe(whole.length);
          expect(unclosedQuoteLine === undefined || whole.length > 0).toBe(true);

          let at = 0;
          for (const [index, chunk] of chunks.entries()) {
            expect(chunk.chunk).toBe(index + 1);
            expect(chunk.start).toBe(at);
            expect(chunk.records).toBeGreaterThan(0);
            expect(chunk.records).toBeLessThanOrEqual(maxRecords);
            if (chunk.records > 1) expect(chunk.end - chunk.start).toBeLessThanOrEqual(maxBytes);
            at = chunk.end;
          }
          expect(at).toBe(bytes.length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("do not depend on how the blocks are cut", () => {
    fc.assert(
      fc.property(quirkyText, blockSizes, (text, sizes) => {
        const bytes = Buffer.from(text);
        const limits = { maxRecords: 3, maxBytes: 20 };
        expect(planned(bytes, limits, ",", sizes)).toEqual(planned(bytes, limits, ",", [1000]));
      }),
    );
  });

  it("are cut at the most records", () => {
    expect(planned(Buffer.from("a\nb\nc\n"), { maxRecords: 2, maxBytes: 100 }).chunks).toEqual([
      { chunk: 1, start: 0, end: 4, firstRecord: 1, firstLine: 1, records: 2 },
      { chunk: 2, start: 4, end: 6, firstRecord: 3, firstLine: 3, records: 1 },
    ]);
  });

  it("leave a record that is larger than the limit alone", () => {
    const { chunks } = planned(Buffer.from(`a\n${"x".repeat(50)}\nb\n`), { maxRecords: 10, maxBytes: 20 });
    expect(chunks.map(({ start, end, records }) => [start, end, records])).toEqual([
      [0, 2, 1],
      [2, 53, 1],
      [53, 55, 1],
    ]);
  });

  it("tell whether any record holds more than white space, delimiters and quotes", () => {
    const limits = { maxRecords: 10, maxBytes: 100 };
    expect(planned(Buffer.from("\r\n\n\r"), limits).anyContent).toBe(false);
    expect(planned(Buffer.from('\r\n \n,"\u00a0",\t\n\u3000\u2009\n'), limits).anyContent).toBe(false);
    expect(planned(Buffer.from("\r\n x\n"), limits).anyContent).toBe(true);
  });
});
