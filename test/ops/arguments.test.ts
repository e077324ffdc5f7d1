import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filterOf, readArguments, timeOf } from "../../scripts/ops/arguments.ts";
import { WrongUsage } from "../../scripts/cli/endings.ts";

const now = new Date("2026-05-10T12:00:00Z");
const file = join(import.meta.dirname, "arguments.test.ts");

describe("readArguments", () => {
  test("tells a command of two words from a command and its ID", () => {
    expect(readArguments(["imports", "show", "x"])).toMatchObject({ command: "imports show", ids: ["x"] });
    expect(readArguments(["park", "show", "x", "--reason", "r"])).toMatchObject({
      command: "park",
      ids: ["show", "x"],
    });
  });

  test("gives the filter that the options make", () => {
    const args = readArguments(["failures", "--feed", "f", "--sku", "0017", "--code", "BAD_MONEY", "--since", "90m"]);
    if ("help" in args) throw new Error("That is no help.");
    const since = "2026-05-10T10:30:00.000Z";
    expect(filterOf(args.values, now)).toEqual({ feed: "f", sku: "0017", code: "BAD_MONEY", since });
  });

  test("helps with everything, and with one command", () => {
    expect(readArguments(["--help"])).toMatchObject({ help: expect.stringContaining("Exit codes: 0 done") as string });
    const { help } = readArguments(["reprocess", "-h"]) as { help: string };
    expect(help).toContain("--dry-run");
    expect(help).not.toContain("--redrive");
  });

  test.each([
    ["no command", [], "A command is missing."],
    ["an unknown command", ["explode"], "There is no command explode."],
    ["an unknown option", ["failures", "--bogus"], "Unknown option '--bogus'."],
    ["an option of another command", ["park", "x", "--redrive", "--reason", "r"], "park does not take --redrive."],
    ["an option without its value", ["failures", "--feed"], "--feed"],
    ["an empty value", ["park", "x", "--reason", ""], "--reason needs a value."],
    ["no ID", ["imports", "show"], "imports show needs an ID."],
    ["two IDs where one is taken", ["failures", "show", "x", "y"], "failures show takes one ID."],
    ["an ID where none is taken", ["failures", "x"], "failures takes no x."],
    ["no catalog", ["products", "list"], "products list needs a CATALOG."],
    ["no key", ["products", "show", "simple"], "products show needs a KEY."],
    ["a word too many", ["products", "show", "simple", "A", "B"], "products show takes one CATALOG and one KEY."],
    ["no reason", ["reprocess", "--feed", "f"], "reprocess needs --reason TEXT."],
    ["no file to write", ["failures", "export"], "failures export needs --out PATH."],
    [
      "corrections with a filter",
      ["reprocess", "--corrections", file, "--feed", "f", "--reason", "r"],
      "without filters",
    ],
    [
      "corrections that are not there",
      ["reprocess", "--corrections", "no.csv", "--dry-run"],
      "There is no file no.csv.",
    ],
    ["a code that is none", ["failures", "--code", "BAD"], "There is no code BAD; there are MALFORMED_RECORD"],
    ["a status of something else", ["imports", "--status", "PARKED"], "There is no status PARKED; there are RUNNING"],
    ["a time that is none", ["failures", "--since", "yesterday"], "--since yesterday is no time"],
    ["a folder of an engine nobody asked for", ["imports", "--data-dir", "d"], "--data-dir goes with --local."],
  ])("refuses %s", (_, args, sentence) => {
    expect(() => readArguments(args)).toThrow(WrongUsage);
    expect(() => readArguments(args)).toThrow(sentence);
  });

  test("wants no reason for a dry run", () => {
    expect(readArguments(["reprocess", "--dry-run"])).toMatchObject({ command: "reprocess" });
  });
});

test.each([
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
  ["2026-01-31T08:00", "2026-01-31T08:00:00.000Z"],
  ["2026-01-31T08:00:30+02:00", "2026-01-31T06:00:30.000Z"],
  ["24h", "2026-05-09T12:00:00.000Z"],
  ["7d", "2026-05-03T12:00:00.000Z"],
])("takes %s for %s", (given, iso) => {
  expect(timeOf(given, now)).toBe(iso);
});
