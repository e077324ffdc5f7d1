import { describe, expect, it } from "vitest";
import { NotConserved } from "#errors/infrastructure.ts";
import { checkConserved, formatLines, parseLines } from "#records/json-lines.ts";
import type { Line } from "#records/line.ts";

const lines: Line[] = [1, 2, 3].map((record) => ({
  kind: "restructured",
  record,
  line: record + 1,
  at: [0, 1],
  cells: ["a\nb\u2028"],
}));

describe("JSON Lines", () => {
  it("give back the lines they were made of, line breaks in cells included", () => {
    expect(parseLines(formatLines(lines))).toEqual(lines);
  });

  it("throw where the text was cut short", () => {
    expect(() => parseLines(formatLines(lines).slice(0, -1))).toThrow(SyntaxError);
  });
});

describe("a line that is no JSON", () => {
  it("is named by its number, without what stands in it", () => {
    expect(() => parseLines(`${formatLines(lines)}{"cells":["secret\n`)).toThrow(/^Line 4 is not JSON\.$/);
  });
});

describe("checkConserved", () => {
  it("accepts the same records in the same order", () => {
    checkConserved("Mapping", lines, lines);
  });

  it.each([
    ["is missing", lines.slice(1), 1],
    ["is missing at the end", lines.slice(0, 2), 3],
    ["is doubled", [lines[0]!, ...lines], 2],
    ["is new at the end", [...lines, { record: 4 }], 4],
    ["has changed places", [lines[1]!, lines[0]!, lines[2]!], 1],
  ])("throws NotConserved where a record %s", (_name, after, record) => {
    expect(() => {
      checkConserved("Mapping", lines, after);
    }).toThrow(NotConserved);
    expect(() => {
      checkConserved("Mapping", lines, after);
    }).toThrow(`record ${record}.`);
  });
});
