import { describe, expect, it } from "vitest";
import { ImportsTable, NotOwner } from "#imports/imports-table.ts";
import type { ImportRef, LinesRef } from "#imports/flow.ts";
import { noOutcomes } from "#records/line.ts";
import { dynamodbServer, importsTable } from "../support/dynamodb-server.ts";

const server = dynamodbServer(importsTable);
const table = () => new ImportsTable(server.client, "imports");

let ids = 0;
function importOf(owner = "first"): ImportRef {
  return {
    importId: String(++ids).padStart(32, "0"),
    feed: "test",
    file: { bucket: "inbox", key: "incoming/test/a.csv", etag: "e", bytes: 10 },
    eventTime: "2026-01-01T00:00:00.000Z",
    sequencer: "00A1",
    archived: { bucket: "archive", key: "a.csv" },
    owner,
    startedAt: "2026-01-01T00:00:00.000Z",
  };
}
const lines = (key: string): LinesRef => ({ bucket: "work", key, lines: 3, failed: 0 });
const outcomes = { ...noOutcomes(), created: 3 };

describe("the claim of an import", () => {
  it("is given once", async () => {
    const ref = importOf();
    expect(await table().claim(ref)).toBe(true);
    expect(await table().claim({ ...ref, owner: "second" })).toBe(false);
    expect(await table().get(ref.importId)).toMatchObject({ owner: "first", status: "RUNNING", feed: "test" });
  });

  it("goes to exactly one of many that ask at once", async () => {
    const ref = importOf();
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, owner) => table().claim({ ...ref, owner: String(owner) })),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
  });

  it("can be taken over from the owner that was seen, and from no other", async () => {
    const ref = importOf();
    await table().claim(ref);
    expect(await table().takeOver(ref.importId, "somebody", "second")).toBe(false);
    expect(await table().takeOver(ref.importId, "first", "second")).toBe(true);
    expect(await table().takeOver(ref.importId, "first", "third")).toBe(false);
  });

  it("cannot be taken over once the import is finished", async () => {
    const ref = importOf();
    await table().claim(ref);
    const report = { bucket: "archive", key: "r" };
    await table().finished(ref, {
      status: "COMPLETED",
      finishedAt: "2026-01-01T00:00:01.000Z",
      outcomes,
      failuresByCode: {},
      balanced: true,
      reports: { report, page: report },
    });
    expect(await table().takeOver(ref.importId, "first", "second")).toBe(false);
  });

  it("throws NotOwner at an owner who has been succeeded", async () => {
    const ref = importOf();
    await table().claim(ref);
    await table().takeOver(ref.importId, "first", "second");
    const planned = {
      table: { bucket: "b", key: "k", delimiter: ",", header: [0, 1] },
      header: ["a"],
      feedRevision: "r",
      records: 1,
      chunks: 1,
    } as const;
    await expect(table().planned(ref, { ...planned, manifest: { bucket: "w", key: "m" } })).rejects.toThrow(NotOwner);
  });
});

describe("the ledger", () => {
  it("goes from PREPARED over CLOSING to CLOSED, and a closed chunk is final", async () => {
    const { importId } = importOf();
    await table().prepared(importId, 1, 3, lines("validator"));
    expect(await table().chunk(importId, 1)).toMatchObject({ state: "PREPARED", lines: lines("validator") });
    expect(await table().closing(importId, 1, { records: 3, lines: lines("import"), closingAt: "t1" })).toBe(true);
    expect(await table().closing(importId, 1, { records: 3, lines: lines("other"), closingAt: "t2" })).toBe(false);
    expect(await table().closed(importId, 1, { outcomes, failuresByCode: {} })).toBe(true);
    expect(await table().closed(importId, 1, { outcomes: noOutcomes(), failuresByCode: {} })).toBe(false);
    await table().prepared(importId, 1, 3, undefined, { Error: "Late", Cause: "" });
    expect(await table().chunk(importId, 1)).toMatchObject({
      state: "CLOSED",
      lines: lines("import"),
      closingAt: "t1",
      outcomes,
    });
  });

  it("forgets the error of an attempt that a later one makes good", async () => {
    const { importId } = importOf();
    await table().prepared(importId, 1, 3, undefined, { Error: "TimedOut", Cause: "" });
    await table().prepared(importId, 1, 3, lines("validator"));
    const entry = await table().chunk(importId, 1);
    expect(entry).toMatchObject({ lines: lines("validator") });
    expect(entry).not.toHaveProperty("error");
  });

  it("cannot close a chunk that was not settled", async () => {
    const { importId } = importOf();
    expect(await table().closed(importId, 1, { outcomes, failuresByCode: {} })).toBe(false);
  });

  it("is read in the order of the chunks, without the import's own entry", async () => {
    const ref = importOf();
    await table().claim(ref);
    for (const chunk of [10, 2, 1]) await table().prepared(ref.importId, chunk, 3, lines("validator"));
    const chunks: number[] = [];
    for await (const entry of table().ledger(ref.importId)) chunks.push(entry.chunk);
    expect(chunks).toEqual([1, 2, 10]);
  });
});
