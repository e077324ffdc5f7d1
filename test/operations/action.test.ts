import { describe, expect, test } from "vitest";
import { opsWords, type Action } from "#operations/action.ts";
import { opsCommand } from "#imports/ops-command.ts";
import { commandsOf } from "../support/commands.ts";

const dev = { environment: "dev", namePrefix: "product-import" };

const importId = "0".repeat(32);
const reason = "TEXT";

const cases: readonly [Action, command: string, ids: readonly string[], values: Readonly<Record<string, unknown>>][] = [
  [{ ask: "imports" }, "imports", [], {}],
  [{ ask: "import", importId }, "imports show", [importId], {}],
  [{ ask: "rerun", importId }, "imports rerun", [importId], { reason }],
  [{ ask: "release", importId, reason: "looked at it" }, "imports release", [importId], { reason: "looked at it" }],
  [{ ask: "discard", importId }, "imports discard", [importId], { reason }],
  [{ ask: "undo", importId }, "imports undo", [importId], { reason }],
  [{ ask: "failures", status: "PARKED" }, "failures", [], { status: "PARKED" }],
  [{ ask: "failures", filter: { sku: "-P 1's" } }, "failures", [], { sku: "-P 1's" }],
  [
    { ask: "export", filter: { importId, feed: "simple" }, file: "my file.csv" },
    "failures export",
    [],
    { import: importId, feed: "simple", out: "my file.csv" },
  ],
  [
    { ask: "reprocess", filter: { code: "BAD_MONEY", since: "2026-01-31" }, includeFinal: true },
    "reprocess",
    [],
    { code: "BAD_MONEY", since: "2026-01-31", "include-final": true, reason },
  ],
  [{ ask: "park", failure: `${importId}-1-1` }, "park", [`${importId}-1-1`], { reason }],
  [{ ask: "reopen", failure: `${importId}-1-1` }, "reopen", [`${importId}-1-1`], { reason }],
  [{ ask: "products", catalog: "simple" }, "products list", ["simple"], {}],
];

describe("an action as a command of ops", () => {
  test.each(cases)("%o", (action, command, ids, values) => {
    const [read] = commandsOf(`  ${opsCommand(opsWords(action), dev)}`);
    expect(read).toEqual({ command, ids, values });
  });

  test("leaves out what a refused request had for a filter", () => {
    const filter = { feed: { not: "text" }, nonsense: 1 } as never;
    expect(opsWords({ ask: "failures", filter })).toBe("failures");
  });
});
