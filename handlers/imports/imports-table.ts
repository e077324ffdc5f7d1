import { GetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { queryAll, setIf } from "#aws/dynamodb.ts";
import { chunkName } from "#imports/chunk-name.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import type { ImportRef, LinesRef, ObjectRef, StateError } from "#imports/flow.ts";
import type { RunEntry } from "#reprocessing/flow.ts";
import type { DecidedEntry, FinishedEntry, ImportEntry, ImportStatus, PlannedEntry } from "#imports/import-entry.ts";

/** Another execution has taken the import over; whoever sees this has nothing left to do. */
export class NotOwner extends Error {
  override readonly name = "NotOwner";
}

/** The imports table: one entry an import, and the ledger with one entry a chunk. Every transition is a conditional write. */
export class ImportsTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Claims an import that nobody has claimed; false where somebody has. */
  claim(ref: ImportRef): Promise<boolean> {
    const { importId, ...attributes } = ref;
    return this.#set(importId, "IMPORT", { ...attributes, ...running }, "attribute_not_exists(#importId)");
  }

  /** Takes a running import over from an owner that is no longer running; false where somebody else was quicker. */
  takeOver(importId: string, from: string, to: string): Promise<boolean> {
    const condition = "#owner = :from AND #status = :running";
    return this.#set(importId, "IMPORT", { owner: to }, condition, { ":from": from, ":running": "RUNNING" });
  }

  /**
   * Begins a rejected or failed import anew, for a person who says that its cause is gone. Chunks that are closed stay closed:
   * what failed in them is for reprocessing. False where the import is in another status.
   */
  rerun(importId: string, owner: string, startedAt: string, by: { who: string; reason: string }): Promise<boolean> {
    const attributes = { rerun: { ...by, at: startedAt }, discarded: null, held: null };
    return this.#begin(importId, owner, startedAt, attributes, ["REJECTED", "FAILED"]);
  }

  /** Lets an import go on that was held or previewed; false where it is in another status. */
  release(importId: string, owner: string, startedAt: string, by: { who: string; reason: string }): Promise<boolean> {
    return this.#begin(importId, owner, startedAt, { released: { ...by, at: startedAt } }, ["HELD", "PREVIEWED"]);
  }

  /** Takes an import that was held or previewed, in order to close it; false where it is in another status. */
  discard(importId: string, owner: string, startedAt: string, by: { who: string; reason: string }): Promise<boolean> {
    return this.#begin(importId, owner, startedAt, { discarded: { ...by, at: startedAt } }, ["HELD", "PREVIEWED"]);
  }

  /** Begins to take an import back: the first time, or once more where it has failed; a dry run as often as one likes. False else. */
  async undo(ref: ImportRef, by: { who: string; reason: string }): Promise<boolean> {
    const { importId, owner, startedAt, ...attributes } = ref;
    const undo = { ...by, at: startedAt };
    if (
      await this.#set(
        importId,
        "IMPORT",
        { ...attributes, owner, startedAt, undo, ...running },
        "attribute_not_exists(#importId)",
      )
    )
      return true;
    return this.#begin(importId, owner, startedAt, { undo }, ["FAILED", "PREVIEWED"]);
  }

  /** Notes of an import which one takes it back. */
  async undone(importId: string, undoneBy: string): Promise<void> {
    await this.#set(importId, "IMPORT", { undoneBy }, "attribute_exists(#importId)");
  }

  /** Forgets how a chunk was closed, so that it is tried again. */
  async reopen(importId: string, chunk: number): Promise<void> {
    const forgotten = { lines: null, error: null, closingAt: null, outcomes: null, failuresByCode: null };
    await this.#set(importId, chunkEntry(chunk), { state: "PREPARED", ...forgotten }, "attribute_exists(#importId)");
  }

  /** Gives an import that was over to an execution. */
  #begin(
    importId: string,
    owner: string,
    startedAt: string,
    attributes: Readonly<Record<string, unknown>>,
    statuses: readonly [ImportStatus, ImportStatus],
  ): Promise<boolean> {
    const forgotten = { finishedAt: null, rejection: null, error: null, reports: null, balanced: null };
    return this.#set(
      importId,
      "IMPORT",
      { owner, startedAt, ...running, ...forgotten, ...attributes },
      "#status = :one OR #status = :other",
      { ":one": statuses[0], ":other": statuses[1] },
    );
  }

  async get(importId: string): Promise<ImportEntry | undefined> {
    return (await this.#get(importId, "IMPORT")) as ImportEntry | undefined;
  }

  /** Notes what Plan found. Throws NotOwner where the import has been taken over. */
  async planned(ref: ImportRef, plan: PlannedEntry): Promise<void> {
    await this.#asOwner(ref, { ...plan });
  }

  /** Notes what Decide found. Throws NotOwner where the import has been taken over. */
  async decided(ref: ImportRef, found: DecidedEntry): Promise<void> {
    await this.#asOwner(ref, { ...found });
  }

  /** Notes how the import ended. Throws NotOwner where the import has been taken over. */
  async finished(ref: ImportRef, end: FinishedEntry): Promise<void> {
    await this.#asOwner(ref, { ...end, running: end.status === "HELD" ? "HELD" : null });
  }

  /** Notes where a chunk's last lines are; leaves a chunk alone that is being closed already. */
  async prepared(
    importId: string,
    chunk: number,
    records: number,
    lines?: LinesRef,
    error?: StateError,
  ): Promise<void> {
    const open = "attribute_not_exists(#state) OR #state = :prepared";
    // An earlier attempt's lines or error must not stay beside the new ones.
    const { keys, ...rest } = lines ?? {};
    const attributes = {
      ...{ state: "PREPARED", chunk, records, lines: lines ? rest : null, error: error ?? null },
      ...{ keys: keys ?? null, repetitions: null },
    };
    await this.#set(importId, chunkEntry(chunk), attributes, open, { ":prepared": "PREPARED" });
  }

  /** Notes which records of a chunk have keys that others have; leaves a chunk alone that is being closed already. */
  async repeated(importId: string, chunk: number, repetitions: ObjectRef): Promise<void> {
    await this.#set(importId, chunkEntry(chunk), { repetitions }, "#state = :prepared", { ":prepared": "PREPARED" });
  }

  /** Settles which lines of a chunk count; false where that is settled already. */
  closing(
    importId: string,
    chunk: number,
    settled: Pick<ChunkEntry, "records" | "lines" | "repetitions" | "error" | "closingAt">,
  ): Promise<boolean> {
    const open = "attribute_not_exists(#state) OR #state = :prepared";
    const attributes = {
      state: "CLOSING",
      chunk,
      ...settled,
      lines: settled.lines ?? null,
      error: settled.error ?? null,
    };
    return this.#set(importId, chunkEntry(chunk), attributes, open, { ":prepared": "PREPARED" });
  }

  /** Closes a chunk; false where it is closed already. */
  closed(
    importId: string,
    chunk: number,
    end: Required<Pick<ChunkEntry, "outcomes" | "failuresByCode">> & Pick<ChunkEntry, "warnings" | "changedFields">,
  ): Promise<boolean> {
    return this.#set(importId, chunkEntry(chunk), { state: "CLOSED", ...end }, "#state = :closing", {
      ":closing": "CLOSING",
    });
  }

  async chunk(importId: string, chunk: number): Promise<ChunkEntry | undefined> {
    const item = await this.#get(importId, chunkEntry(chunk));
    return item as ChunkEntry | undefined;
  }

  /** The ledger of an import in the order of its chunks. */
  async *ledger(importId: string): AsyncGenerator<ChunkEntry> {
    const items = queryAll(this.#client, {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: "importId = :importId AND begins_with(#entry, :chunk)",
      ExpressionAttributeNames: { "#entry": "entry" },
      ExpressionAttributeValues: marshall({ ":importId": importId, ":chunk": "CHUNK#" }),
    });
    for await (const item of items) yield item as unknown as ChunkEntry;
  }

  /** All imports that are not finished, oldest first. Eventually consistent. */
  running(): AsyncGenerator<ImportEntry> {
    return this.#open("RUNNING");
  }

  /** All imports that wait for a person, oldest first. Eventually consistent. */
  held(): AsyncGenerator<ImportEntry> {
    return this.#open("HELD");
  }

  async *#open(status: "RUNNING" | "HELD"): AsyncGenerator<ImportEntry> {
    const items = queryAll(this.#client, {
      TableName: this.#table,
      IndexName: "byRunning",
      KeyConditionExpression: "#running = :running",
      ExpressionAttributeNames: { "#running": "running" },
      ExpressionAttributeValues: marshall({ ":running": status }),
    });
    for await (const item of items) yield item as unknown as ImportEntry;
  }

  /** The imports of a feed, newest first, read so many at a time. Eventually consistent. */
  async *ofFeed(feed: string, since = "", pageSize?: number): AsyncGenerator<ImportEntry> {
    for await (const item of this.#listed(feed, since, pageSize)) yield item as unknown as ImportEntry;
  }

  /** Notes what a run is about and what became of it. */
  async noteRun({ runId, ...run }: Partial<RunEntry> & Pick<RunEntry, "runId">): Promise<void> {
    await this.#set(
      runKey(runId),
      "RUN",
      { runId, feed: runsFeed, ...run },
      "#entry = :run OR attribute_not_exists(#entry)",
      {
        ":run": "RUN",
      },
    );
  }

  async run(runId: string): Promise<RunEntry | undefined> {
    return (await this.#get(runKey(runId), "RUN")) as RunEntry | undefined;
  }

  /** All runs, newest first. Eventually consistent. */
  async *runs(since = ""): AsyncGenerator<RunEntry> {
    for await (const item of this.#listed(runsFeed, since)) yield item as unknown as RunEntry;
  }

  #listed(feed: string, since: string, Limit?: number): AsyncGenerator<Record<string, unknown>> {
    return queryAll(this.#client, {
      TableName: this.#table,
      IndexName: "byFeed",
      KeyConditionExpression: "feed = :feed AND startedAt >= :since",
      ExpressionAttributeValues: marshall({ ":feed": feed, ":since": since || "0" }),
      ScanIndexForward: false,
      ...(Limit && { Limit }),
    });
  }

  async #asOwner(ref: ImportRef, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    if (await this.#set(ref.importId, "IMPORT", attributes, "#owner = :owner", { ":owner": ref.owner })) return;
    throw new NotOwner(`Import ${ref.importId} is no longer owned by ${ref.owner}.`);
  }

  async #get(importId: string, entry: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: marshall({ importId, entry }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  #set(
    importId: string,
    entry: string,
    attributes: Readonly<Record<string, unknown>>,
    condition: string,
    values?: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    return setIf(this.#client, this.#table, { importId, entry }, attributes, condition, values);
  }
}

function chunkEntry(chunk: number): string {
  return `CHUNK#${chunkName(chunk)}`;
}

// The index of imports that are not over holds those that carry this attribute: RUNNING or HELD.
const running = { status: "RUNNING", running: "RUNNING" } as const;

// Runs are listed beside imports, under a name that no feed can have.
const runsFeed = "(runs)";

function runKey(runId: string): string {
  return `run#${runId}`;
}
