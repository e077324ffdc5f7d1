import { describe, expect, it } from "vitest";
import { runNotice, type EndedRun } from "#reprocessing/run-notice.ts";
import { commandsOf } from "../support/commands.ts";

const importId = "0123456789abcdef0123456789abcdef";
const dev = { environment: "dev", namePrefix: "product-import" };
const done: EndedRun = {
  runId: "ops-20260101T000000-abc",
  request: { who: "arn:aws:iam::000000000000:user/ann", reason: "the service is back", filter: { feed: "shoes" } },
  status: "DONE",
  counts: { selected: 3, resolved: 3, failedAgain: 0, parked: 0, released: 0, skipped: {} },
  imports: [{ importId, status: "COMPLETED" }],
  codes: {},
  error: undefined,
};
const file = "failed-ops-20260101T000000-abc.csv";

function commands(run: Partial<EndedRun>) {
  const { message } = runNotice({ ...done, ...run }, dev)!;
  return commandsOf(message).map(({ command, ids, values }) => [command, ...ids, { ...values }]);
}

describe("the notice of a run", () => {
  it("is none where the run found nothing to do", () => {
    expect(runNotice({ ...done, counts: { ...done.counts, selected: 0, resolved: 0 } }, dev)).toBeUndefined();
  });

  it("says who wanted what and what became of it, in counts and codes", () => {
    const counts = { ...done.counts, resolved: 1, failedAgain: 2 };
    const { subject, message } = runNotice({ ...done, counts, codes: { TIMED_OUT: 2 } }, dev)!;
    expect(subject).toBe("Reprocessing DONE: 1 of 3 resolved");
    expect(message).toContain("What: feed shoes\n");
    expect(message).toContain("failed again: 2\n");
    expect(message).toContain("TIMED_OUT: 2\n");
  });

  it("names the error that stopped it, and not its message, which may quote a file", () => {
    const error = { Error: "BadCorrections", Cause: '{"errorMessage":"secret"}' };
    const { message } = runNotice({ ...done, status: "FAILED", error }, dev)!;
    expect(message).toContain("Error: BadCorrections\n");
    expect(message).not.toContain("secret");
  });
});

describe("the commands of the notice of a run", () => {
  it("are none where all went well", () => {
    expect(commands({})).toEqual([]);
  });

  it("go on with what failed again, by the import in which it did", () => {
    expect(commands({ codes: { TIMED_OUT: 1, BAD_MONEY: 1 } })).toEqual([
      ["failures", { import: importId }],
      ["reprocess", { import: importId, reason: "the cause is gone" }],
      ["failures export", { import: importId, out: file }],
      ["reprocess", expect.objectContaining({ reason: "corrected" })],
      ["reprocess", { import: importId, "include-final": true, reason: "the rule was changed" }],
    ]);
  });

  it("mean what the run meant where it went over several feeds", () => {
    const imports = [...done.imports, { importId: "f".repeat(32), status: "COMPLETED_WITH_FAILURES" as const }];
    const request = { ...done.request, filter: { sku: "it's; rm -rf *", since: "2026-01-01T00:00:00.000Z" } };
    expect(commands({ imports, request, codes: { CRASHED: 1 } })).toEqual([
      ["failures", request.filter],
      ["reprocess", { ...request.filter, reason: "the cause is gone" }],
    ]);
  });

  it("show what stopped a run that failed, and start it again", () => {
    const imports = [{ importId, status: "FAILED" as const }];
    expect(commands({ status: "FAILED", imports })).toEqual([
      ["imports show", importId, {}],
      ["reprocess", { feed: "shoes", reason: "the cause is gone" }],
    ]);
    const corrections = { bucket: "work", key: "corrections/a.csv" };
    const { filter: _, ...request } = { ...done.request, corrections };
    expect(commands({ status: "FAILED", imports: [], request })).toEqual([
      ["reprocess", expect.objectContaining({ corrections: expect.any(String) as string })],
    ]);
  });

  it("show what was parked, and fetch what only a change heals", () => {
    const counts = { ...done.counts, parked: 1, skipped: { final: 2 } };
    expect(runNotice({ ...done, counts }, dev)!.message).toContain("delete the records that you have not corrected");
    expect(commands({ counts })).toEqual([
      ["failures", { import: importId, status: "PARKED" }],
      ["failures export", { feed: "shoes", out: file }],
      ["reprocess", expect.objectContaining({ reason: "corrected" })],
    ]);
  });

  it("survive a request that was refused for what stands in it", () => {
    const filter = { feed: 5, colour: "red" } as unknown as { feed: string };
    expect(commands({ status: "FAILED", imports: [], request: { ...done.request, filter } })).toEqual([
      ["reprocess", { reason: "the cause is gone" }],
    ]);
  });
});
