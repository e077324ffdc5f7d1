import { SFNClient } from "@aws-sdk/client-sfn";
import { beforeEach, describe, expect, it } from "vitest";
import { importIdOf } from "#imports/import-id.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { Executions } from "#recovery/executions.ts";
import type { InboxFile } from "#recovery/inbox.ts";
import { startMissing, type StartOptions } from "#recovery/start-missing.ts";
import { dynamodbServer, importsTable } from "../support/dynamodb-server.ts";
import { AnsweringServer } from "./answering-server.ts";

const tables = dynamodbServer(importsTable);
const server = new AnsweringServer();
beforeEach(() => {
  server.asked.length = 0;
  server.answer = () => ({ body: { executionArn: "arn:x", startDate: 1 } });
});

const now = new Date("2026-01-01T12:00:00Z");
const file = (name: string, lastModified: string, versionId?: string): InboxFile => ({
  ...{ bucket: "inbox", key: `incoming/test/${name}`, etag: "e", lastModified: `2026-01-01T${lastModified}.000Z` },
  ...(versionId && { versionId }),
});

async function start(pages: readonly (readonly InboxFile[])[], options: Partial<StartOptions> = {}) {
  async function* files() {
    for (const page of pages) yield await Promise.resolve(page);
  }
  const executions = new Executions(new SFNClient(server.client), "arn:machine");
  const before = new Date("2026-01-01T11:50:00Z");
  const imports = new ImportsTable(tables.client, "imports");
  return startMissing(files(), imports, executions, { before, seen: new Set(), most: 100, now, ...options });
}

/** Claims the import of a file, as its event does. */
async function claimed(of: InboxFile): Promise<void> {
  await new ImportsTable(tables.client, "imports").claim({
    importId: importIdOf(of),
    feed: "test",
    file: { ...of, bytes: 1 },
    eventTime: of.lastModified,
    sequencer: "00A1",
    archived: { bucket: "archive", key: of.key },
    owner: "arn:owner",
    startedAt: of.lastModified,
  });
}

const started = () =>
  server.asked
    .map(({ body }) => JSON.parse(body) as { name: string; input: string })
    .map(({ name, input }) => ({ name, event: JSON.parse(input) as { detail: { object: { key: string } } } }));

describe("starting what is missing", () => {
  it("starts an import with the event that S3 would have sent", async () => {
    const lost = file("a.csv", "10:00:00", "v1");
    expect(await start([[lost]])).toEqual({ count: 1, more: false });
    expect(started()).toEqual([
      {
        name: expect.stringMatching(new RegExp(`^sweep-${importIdOf(lost)}-[0-9a-f]{16}$`)) as string,
        event: {
          time: "2026-01-01T10:00:00.000Z",
          detail: { bucket: { name: "inbox" }, object: { key: "incoming/test/a.csv", "version-id": "v1" } },
        },
      },
    ]);
  });

  it("names no version where the bucket has none", async () => {
    await start([[file("b.csv", "10:00:00")]]);
    expect(started()[0]!.event.detail.object).toEqual({ key: "incoming/test/b.csv" });
  });

  it("leaves files that have an import, and those that may yet get one", async () => {
    const imported = file("c.csv", "10:00:00", "v1");
    await claimed(imported);
    expect(await start([[imported], [file("d.csv", "11:50:00", "v1")]])).toEqual({ count: 0, more: false });
    expect(server.asked).toEqual([]);
  });

  it("takes the oldest first, wherever they are listed, and says that there are more", async () => {
    const pages = [
      [file("e1.csv", "10:03:00", "v"), file("e2.csv", "10:01:00", "v")],
      [file("e3.csv", "10:02:00", "v"), file("e4.csv", "10:00:00", "v")],
    ];
    expect(await start(pages, { most: 3 })).toEqual({ count: 3, more: true });
    const names = started().map(({ event }) => event.detail.object.key.slice(-6));
    expect(names.sort()).toEqual(["e2.csv", "e3.csv", "e4.csv"]);
  });

  it("does not look an import up again that it has seen, and does look for one that it has not", async () => {
    const seen = new Set<string>();
    const [known, lost] = [file("f1.csv", "10:00:00", "v"), file("f2.csv", "10:00:00", "v")];
    await claimed(known);
    await start([[known, lost]], { seen });
    expect([...seen]).toEqual([importIdOf(known)]);
  });

  it("counts what another sweep has started as that one's", async () => {
    server.answer = () => ({ error: "ExecutionAlreadyExists" });
    expect(await start([[file("g.csv", "10:00:00", "v")]])).toEqual({ count: 0, more: false });
  });
});
