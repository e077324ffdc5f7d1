import { describe, expect, it } from "vitest";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { filterText, fits, selects } from "#reprocessing/select.ts";

const letter: DeadLetter = {
  chunk: "c",
  record: "r",
  id: "i-1-1",
  importId: "i",
  feed: "simple",
  catalog: "simple",
  status: "OPEN",
  failedAt: "2026-01-01T00:00:00.000Z",
  attempts: 1,
  heals: true,
  recordNumber: 1,
  line: 2,
  key: "0017",
  code: "THROTTLED",
  errors: [{ code: "THROTTLED", message: "m" }],
  sourceVersion: "v",
  file: { bucket: "b", key: "k", etag: "e", bytes: 1 },
  table: { bucket: "b", key: "k", delimiter: ",", header: [0, 1] },
  at: [1, 2],
  history: [],
};
const after = (minutes: number) => new Date(Date.parse(letter.failedAt) + minutes * 60_000);

describe("selects", () => {
  it.each(["REPROCESSING", "RESOLVED", "PARKED"] as const)("leaves a dead letter that is %s", (status) => {
    expect(selects({ ...letter, status }, { includeFinal: true }, after(0))).toBe("notOpen");
  });

  it("refuses what has no age of its own, whatever is asked for: a row of a failed-records CSV that is no trace", () => {
    const row = { ...letter, table: { ...letter.table, failedRecords: true as const } };
    expect(selects(row, { includeFinal: true }, after(0))).toBe("refused");
    expect(selects({ ...row, trace: true }, {}, after(0))).toBe("yes");
  });

  it("takes what time may heal, and final ones only if they are asked for", () => {
    expect(selects(letter, {}, after(0))).toBe("yes");
    expect(selects({ ...letter, heals: false }, {}, after(0))).toBe("final");
    expect(selects({ ...letter, heals: false }, { includeFinal: true }, after(0))).toBe("yes");
  });

  it.each([
    [1, 15],
    [2, 60],
    [3, 240],
    [4, 960],
  ])("with a growing distance waits, after attempt %s, for %s minutes", (attempts, minutes) => {
    const tried = { ...letter, attempts };
    expect(selects(tried, { growingDistance: true }, after(minutes - 1))).toBe("tooSoon");
    expect(selects(tried, { growingDistance: true }, after(minutes))).toBe("yes");
  });
});

describe("fits", () => {
  it.each([
    [{ feed: "simple", code: "THROTTLED", sku: "0017", importId: "i", since: "2026" }, true],
    [{ feed: "other" }, false],
    [{ code: "CRASHED" }, false],
    [{ sku: "17" }, false],
    [{ sku: " 0017\u200b" }, true],
    [{ importId: "j" }, false],
    [{ since: "2027" }, false],
  ])("%j: %s", (filter, fit) => {
    expect(fits(letter, filter)).toBe(fit);
  });
});

describe("filterText", () => {
  it("says what was asked for as a person reads it", () => {
    expect(filterText({ who: "w", reason: "r", filter: { feed: "simple", code: "CRASHED" }, includeFinal: true })).toBe(
      "feed simple, code CRASHED, final ones too",
    );
    expect(filterText({ who: "w", reason: "r" })).toBe("all that time may heal");
    const refused = { who: "w", reason: "r", filter: null } as unknown as Parameters<typeof filterText>[0];
    expect(filterText(refused)).toBe("all that time may heal");
  });
});
