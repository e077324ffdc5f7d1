import { describe, expect, it } from "vitest";
import type { RecordErrorCode } from "#errors/catalogue.ts";
import { closeLines, countLines, refuseUnknown } from "#imports/close-lines.ts";
import type { FailedLine, Line } from "#records/line.ts";

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

describe("what comes back blank or is left out", () => {
  const id = `${"0".repeat(32)}-1-1`;
  const back = (kind: "blank" | "leftOut", sourceVersion?: string): Line => ({
    ...{ kind, record: 1, line: 2, at },
    failure: { id, ...(sourceVersion !== undefined && { sourceVersion }) },
  });

  it.each(["blank", "leftOut"] as const)("as %s fails with its chunk until its failure is taken", (kind) => {
    expect(closeLines([back(kind)], undefined)).toMatchObject([
      { kind: "failed", failure: { id }, errors: [{ code: "CRASHED" }] },
    ]);
    expect(closeLines([back(kind, "v")], undefined)).toEqual([back(kind, "v")]);
  });
});

describe("refuseUnknown", () => {
  const failed = (...codes: RecordErrorCode[]): FailedLine => {
    const [first, ...others] = codes.map((code) => ({ code, message: "m" }));
    return { kind: "failed", record: 1, line: 2, at, failure: { id: "known" }, errors: [first!, ...others] };
  };
  const { failure: _none, ...nameless } = failed("CRASHED", "MISSING_KEY");
  const codesOf = (line: FailedLine, known: boolean) =>
    refuseUnknown([line], "simple", () => known).flatMap((one) =>
      one.kind === "failed" ? one.errors.map(({ code }) => code) : [],
    );

  it("says of a row that names no failure that it never runs, and drops what time could heal", () => {
    expect(codesOf(failed("CRASHED", "MISSING_KEY"), false)).toEqual(["FAILURE_UNKNOWN", "MISSING_KEY"]);
    expect(codesOf(nameless, true)).toEqual(["FAILURE_UNKNOWN", "MISSING_KEY"]);
  });

  it("leaves what is known, and what was refused already", () => {
    expect(codesOf(failed("CRASHED"), true)).toEqual(["CRASHED"]);
    expect(codesOf(failed("FAILURE_ALTERED"), false)).toEqual(["FAILURE_ALTERED"]);
  });
});

describe("countLines", () => {
  it("counts every line once, and failed ones by their first code", () => {
    expect(countLines(closeLines(lines, undefined))).toEqual({
      outcomes: {
        created: 1,
        updated: 0,
        unchanged: 0,
        superseded: 0,
        removed: 0,
        blank: 1,
        leftOut: 0,
        failed: 3,
        held: 0,
      },
      failuresByCode: { RAGGED_RECORD: 1, CRASHED: 2 },
      changedFields: {},
    });
  });

  it("counts the fields that changed in what was updated, the most frequent first", () => {
    const updated = (changed: string[]): Line => ({
      ...{ kind: "stored", record: 1, line: 2, at, key: "A", outcome: "updated", changed },
    });
    const all = [updated(["stock"]), updated(["price", "stock"]), updated(["name"])];
    const { changedFields } = countLines(closeLines(all, undefined));
    expect(Object.entries(changedFields)).toEqual([
      ["stock", 2],
      ["name", 1],
      ["price", 1],
    ]);
  });
});
