import { describe, expect, it } from "vitest";
import { sourceVersionOf } from "#products/source-version.ts";

const base = { eventTime: "2026-01-01T00:00:01Z", sequencer: "00A1", importId: "b" };

describe("sourceVersionOf", () => {
  it.each([
    ["event time before sequencer", { ...base, sequencer: "FF" }, 9, { ...base, eventTime: "2026-01-01T00:00:02Z" }, 1],
    ["sequencer before importId", { ...base, importId: "z" }, 9, { ...base, sequencer: "00A2" }, 1],
    [
      "a shorter sequencer as if padded with zeros",
      { ...base, sequencer: "00A1" },
      9,
      { ...base, sequencer: "00A101" },
      1,
    ],
    ["importId before record number", base, 9, { ...base, importId: "c" }, 1],
    ["record numbers by value, not as text", base, 9, base, 10],
    ["event times of different precision by value", base, 1, { ...base, eventTime: "2026-01-01T00:00:01.001Z" }, 1],
    [
      "sequencers whatever the case of their digits",
      { ...base, sequencer: "00A1" },
      1,
      { ...base, sequencer: "00b1" },
      1,
    ],
  ])("orders %s", (_name, older, olderRecord, newer, newerRecord) => {
    expect(sourceVersionOf(older, olderRecord) < sourceVersionOf(newer, newerRecord)).toBe(true);
  });
});
