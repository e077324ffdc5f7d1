import { describe, expect, it } from "vitest";
import { closeLines, countLines } from "#imports/close-lines.ts";
import type { Line } from "#records/line.ts";

const at = [0, 5] as const;
const lines: Line[] = [
  { kind: "stored", record: 1, line: 2, at, key: "A", outcome: "created" },
  { kind: "blank", record: 2, line: 3, at },
  { kind: "failed", record: 3, line: 4, at, errors: [{ code: "RAGGED_RECORD", message: "Two cells too many." }] },
  { kind: "mapped", record: 4, line: 5, at, key: "B", product: { sku: "B" } },
  { kind: "restructured", record: 5, line: 6, at, cells: [] },
];

describe("closeLines", () => {
  it("fails what is still live with the error that stopped the chunk, and leaves the rest as it is", () => {
    const closed = closeLines(lines, { Error: "Throttled", Cause: "" });
    expect(closed.slice(0, 3)).toEqual(lines.slice(0, 3));
    expect(closed[3]).toMatchObject({ kind: "failed", record: 4, key: "B", errors: [{ code: "THROTTLED" }] });
    expect(closed[4]).toMatchObject({ kind: "failed", record: 5, errors: [{ code: "THROTTLED" }] });
  });

  it.each([
    ["Sandbox.Timedout", "TIMED_OUT"],
    ["States.Timeout", "TIMED_OUT"],
    ["Unavailable", "STORE_UNAVAILABLE"],
    ["EnrichmentUnavailable", "SERVICE_UNAVAILABLE"],
    ["EnrichmentBadAnswer", "SERVICE_BAD_ANSWER"],
    ["Runtime.HandlerError", "CRASHED"],
  ])("calls %s by the code %s", (name, code) => {
    expect(closeLines(lines.slice(4), { Error: name, Cause: "" })[0]).toMatchObject({ errors: [{ code }] });
  });

  it("calls it a crash where nothing says what stopped the chunk", () => {
    expect(closeLines(lines.slice(4), undefined)[0]).toMatchObject({ errors: [{ code: "CRASHED" }] });
  });
});

describe("countLines", () => {
  it("counts every line once, and failed ones by their first code", () => {
    expect(countLines(closeLines(lines, undefined))).toEqual({
      outcomes: { created: 1, updated: 0, unchanged: 0, superseded: 0, blank: 1, leftOut: 0, failed: 3, held: 0 },
      failuresByCode: { RAGGED_RECORD: 1, CRASHED: 2 },
    });
  });
});
