import fc from "fast-check";
import { expect, it } from "vitest";
import { aboutOf } from "#aws/about.ts";

const owner = "arn:aws:states:eu-central-1:000000000000:execution:imports:one";
const from = { importId: "0".repeat(32), feed: "shoes", owner, file: { key: "incoming/shoes/a.csv" } };

it.each([
  ["a chunk's task", { import: from, chunk: { chunk: 3, records: 500, start: 0 } }, { chunk: 3, records: 500 }],
  ["a planned import", { import: from, plan: { decision: "planned", records: 9 } }, { records: 9 }],
  ["a rejected import", { import: from, plan: { decision: "rejected" } }, {}],
])("knows the import of %s, its feed and its execution", (_what, state, more) => {
  expect(aboutOf(state)).toEqual({ importId: from.importId, feed: "shoes", execution: owner, ...more });
});

it("knows the execution that asks Receive, and the import where it is named", () => {
  const event = { time: "2026-01-01T00:00:00Z", detail: { object: { key: "incoming/shoes/a.csv" } } };
  expect(aboutOf({ event, owner, startedAt: "2026-01-01T00:00:00Z" })).toEqual({ execution: owner });
  expect(aboutOf({ event: { close: { importId: "a" } }, owner })).toEqual({ importId: "a", execution: owner });
  expect(aboutOf({ event: { rerun: { importId: "a" } }, owner })).toEqual({ importId: "a", execution: owner });
});

it("knows the run, and the execution that the watchdog hears of", () => {
  const run = { request: { who: "a" }, execution: owner, runId: "one", selected: { records: 7 } };
  expect(aboutOf(run)).toEqual({ runId: "one", execution: owner, records: 7 });
  expect(aboutOf({ detail: { executionArn: owner, status: "FAILED" } })).toEqual({ execution: owner });
});

it("says nothing of what is not what it should be, and repeats no long text", () => {
  expect(aboutOf({ import: { importId: 5, feed: {}, owner: "x".repeat(3000) }, chunk: { chunk: "1" } })).toEqual({});
  expect(aboutOf({ import: "text", chunk: null, plan: [1], detail: true })).toEqual({});
});

it("survives anything", () => {
  const fields = ["import", "event", "chunk", "plan", "selected", "detail", "owner", "execution", "runId"];
  const states = fc.dictionary(fc.constantFrom(...fields), fc.anything());
  fc.assert(
    fc.property(fc.oneof(fc.anything(), states), (state) => {
      for (const value of Object.values(aboutOf(state))) expect(["string", "number"]).toContain(typeof value);
    }),
  );
});
