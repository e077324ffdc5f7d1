import { describe, expect, it } from "vitest";
import { figuresText, type Figures } from "../../scripts/bench/figures.ts";
import { median } from "../../scripts/bench/measure.ts";

const machine = {
  ...{ processor: "A processor", cores: 2, memoryMegabytes: 8000, platform: "linux x64", node: "v22.0.0" },
  loadAverage: [0.1, 1.9],
} as const;
const figures: Figures = {
  splitting: { megabytesPerSecond: 500 },
  stages: {
    recordsPerSecond: 49_000,
    csvParseRecordsPerSecond: 100_000,
    ratio: 0.49,
    grouped: { rowsPerSecond: 40_000, ratio: 0.4 },
  },
  endToEnd: { records: 100_000, recordsPerSecond: 1700, storeRecordsPerSecond: 2000, ratio: 0.85 },
  memory: { peakMegabytes: 301, byRecords: { 10000: 300, 1000000: 301 } },
  repeatedKeys: { records: 10_000_000, peakMegabytes: 700, seconds: 12.5 },
  coldStart: { slowestMilliseconds: 150, largestBundleKilobytes: 700 },
};

function row(text: string, figure: string): string | undefined {
  return text.split("\n").find((line) => line.startsWith(figure));
}

describe("figuresText", () => {
  const text = figuresText({ ...figures, machine });

  it.each([
    ["splitting", /500 MB\/s +at least 500 MB\/s +met$/],
    ["stages to csv-parse", /0\.49 +at least 0\.5 +MISSED$/],
    ["end to end to store alone", /0\.85 +at least 0\.8 +met$/],
    ["peak memory  ", /301 MB +at most 300 MB +MISSED$/],
    ["repeated keys  ", /700 MB +at most 1,000 MB +met$/],
    ["slowest cold start", /150 ms +at most 150 ms +met$/],
    ["largest bundle", /700 kB +at most 1,000 kB +met$/],
  ])("holds %s to its aim", (figure, wanted) => {
    expect(row(text, figure)).toMatch(wanted);
  });

  it("shows what the ratios are made of, and memory by the size of the file", () => {
    expect(row(text, "stages over groups of five rows")).toContain("40,000 rows/s (0.4 of csv-parse)");
    expect(row(text, "csv-parse alone")).toContain("100,000 records/s");
    expect(row(text, "store alone")).toContain("2,000 records/s");
    expect(row(text, "repeated keys, 10,000,000 records")).toContain("12.5 s");
    expect(row(text, "peak memory, 10,000 records")).toContain("300 MB");
  });

  it("leaves out what was not measured", () => {
    const some = figuresText({ splitting: figures.splitting, machine });
    expect(row(some, "splitting")).toBeDefined();
    expect(row(some, "stages")).toBeUndefined();
    expect(some).toContain("load average 0.1 before, 1.9 after");
  });
});

describe("median", () => {
  it("is the figure in the middle, the lower one of two", () => {
    expect([median([9, 1, 5]), median([4, 1, 3, 2])]).toEqual([5, 2]);
  });
});
