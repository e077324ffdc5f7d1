import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { emit } from "#aws/metrics.ts";

vi.hoisted(() => (process.env["POWERTOOLS_METRICS_NAMESPACE"] = "ProductImport"));

let lines: Readonly<Record<string, unknown>>[] = [];
beforeEach(() => {
  lines = [];
  for (const channel of [process.stdout, process.stderr])
    vi.spyOn(channel, "write").mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as (typeof lines)[number]);
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
});

it("writes one line for each set of dimensions", () => {
  const feed = (name: string) => ({ dimensions: { feed: name } });
  emit([
    { name: "SilentFeeds", unit: "Count", value: 1 },
    { name: "OldestOpenFailureHours", unit: "None", value: 2, ...feed("a") },
    { name: "OldestOpenFailureHours", unit: "None", value: 3, ...feed("b") },
    { name: "HoursSinceImport", unit: "None", value: 4, ...feed("a") },
  ]);
  expect(lines).toMatchObject([
    { SilentFeeds: 1 },
    { feed: "a", OldestOpenFailureHours: 2, HoursSinceImport: 4 },
    { feed: "b", OldestOpenFailureHours: 3 },
  ]);
});

it("fails nobody where a figure is none: it says so in the log, and writes the others", () => {
  emit([
    { name: "ImportSeconds", unit: "Seconds", value: NaN, dimensions: { feed: "a" } },
    { name: "FailedImports", unit: "Count", value: 0 },
  ]);
  expect(lines).toMatchObject([
    { FailedImports: 0 },
    { level: "ERROR", message: "Metrics without a figure: ImportSeconds" },
  ]);
  expect(lines[0]).not.toHaveProperty("feed");
});
