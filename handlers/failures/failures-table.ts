import { GetItemCommand, PutItemCommand, UpdateItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { isRefused, isTooLarge, queryAll, setIf } from "#aws/dynamodb.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { recordErrors } from "#errors/catalogue.ts";
import {
  attemptsCap,
  expiryOf,
  failurePartition,
  feedStatusOf,
  keysOf,
  listedCorrections,
  statusShards,
  type Correction,
  type DeadLetter,
  type FailureStatus,
  type HistoryEntry,
  type ResolvingOutcome,
} from "#failures/dead-letter.ts";
import type { Claimant } from "#imports/flow.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import type { Corrected } from "#failures/returned-row.ts";

// BatchWriteItem would be fewer calls and no less capacity, but knows no conditions.
const concurrency = 32;
// What says who has a dead letter; it goes with the state REPROCESSING.
const held = ["owner", "claimedFor"];
// What says what stands in a record.
const contents = ["cells", "raw", "rows"] as const;

/** The failures table. Every transition of a dead letter is one conditional write: of two that want it, one gets it. */
export class FailuresTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Writes dead letters under their deterministic keys. One that stands there already stays as it is: a slow double must not
   * undo what has become of it since.
   */
  async write(letters: readonly DeadLetter[]): Promise<void> {
    await forEachAtOnce(letters, concurrency, async (letter) => {
      try {
        await this.#client.send(
          new PutItemCommand({
            TableName: this.#table,
            Item: marshall(letter, { removeUndefinedValues: true }),
            ConditionExpression: "attribute_not_exists(#record)",
            ExpressionAttributeNames: { "#record": "record" },
          }),
        );
      } catch (error) {
        if (!isRefused(error)) throw error;
      }
    });
  }

  /** The dead letter of an identity; undefined where there is none (a trace is none). */
  async get(id: string): Promise<DeadLetter | undefined> {
    const keys = keysOf(id);
    if (!keys) return undefined;
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: marshall(keys), ConsistentRead: true }),
    );
    const letter = Item && (unmarshall(Item) as DeadLetter);
    return letter?.trace ? undefined : letter;
  }

  /**
   * OPEN -> REPROCESSING, counting the attempt, with a person's corrections applied. False where somebody else was quicker.
   */
  claim(
    letter: DeadLetter,
    by: Claimant,
    at: string,
    corrected?: Corrected & { readonly claimedFor: string },
  ): Promise<boolean> {
    const attempts = letter.attempts + 1;
    const corrections = corrected && corrected.corrections.length > 0 ? corrected.corrections : undefined;
    return this.#move(
      letter,
      "OPEN",
      "REPROCESSING",
      { at, what: "claimed", attempt: attempts, by, ...(corrections && listed(corrections)) },
      {
        set: {
          owner: by.id,
          ...(corrected && { claimedFor: corrected.claimedFor }),
          attempts,
          ...(corrections && corrected!.original),
        },
        // What is corrected may have been raw, or one row, before.
        ...(corrections && { remove: contents.filter((name) => !(name in corrected!.original) && name in letter) }),
      },
    );
  }

  /** Keeps what `owner` has taken for one row, see `rowName`; false where it is kept for another already. */
  keepFor(letter: DeadLetter, owner: string, claimedFor: string): Promise<boolean> {
    const { chunk, record } = letter;
    const free = "#owner = :owner AND (attribute_not_exists(#claimedFor) OR #claimedFor = :row)";
    return setIf(this.#client, this.#table, { chunk, record }, { claimedFor }, free, {
      ":owner": owner,
      ":row": claimedFor,
    });
  }

  /** REPROCESSING -> RESOLVED by the import that stored the record, or found that there is nothing to store. False where the owner has lost it. */
  resolve(
    letter: DeadLetter,
    owner: string,
    how: { importId: string; outcome: ResolvingOutcome; supersededBy?: string; at: string },
  ): Promise<boolean> {
    const { at, ...rest } = how;
    const entry: HistoryEntry = { at, what: "resolved", attempt: letter.attempts, ...rest };
    return this.#move(letter, "REPROCESSING", "RESOLVED", entry, {
      owner,
      set: { expiresAt: expiryOf(at) },
      remove: held,
    });
  }

  /** REPROCESSING -> OPEN with the new reason, or PARKED at the cap. Gives the new status; undefined where the owner has lost it. */
  async failAgain(
    letter: DeadLetter,
    owner: string,
    how: { importId: string; errors: readonly RecordError[]; key?: string; at: string },
  ): Promise<"OPEN" | "PARKED" | undefined> {
    const { importId, errors, key, at } = how;
    const { code, message } = errors[0]!;
    const to = letter.attempts >= attemptsCap ? "PARKED" : "OPEN";
    const entry: HistoryEntry = {
      at,
      what: to === "PARKED" ? "parked" : "failed",
      attempt: letter.attempts,
      importId,
      code,
      message,
    };
    // A person may have corrected the key itself.
    const keyed = key && { key, catalogKey: `${letter.catalog}#${key}` };
    const set = { code, errors, heals: recordErrors[code].heals, failedAt: at, ...keyed };
    return (await this.#move(letter, "REPROCESSING", to, entry, { owner, set, remove: held })) ? to : undefined;
  }

  /** REPROCESSING -> OPEN, or PARKED at the cap, because its owner ended without a word. */
  async release(letter: DeadLetter, owner: string, at: string): Promise<"OPEN" | "PARKED" | undefined> {
    const to = letter.attempts >= attemptsCap ? "PARKED" : "OPEN";
    const message = "The run that had taken it ended before it came to an outcome.";
    const entry: HistoryEntry = {
      at,
      what: to === "PARKED" ? "parked" : "released",
      attempt: letter.attempts,
      message,
    };
    return (await this.#move(letter, "REPROCESSING", to, entry, { owner, remove: held })) ? to : undefined;
  }

  /** OPEN -> PARKED, because a person gives up on it. */
  park(letter: DeadLetter, by: Claimant, at: string): Promise<boolean> {
    return this.#move(letter, "OPEN", "PARKED", { at, what: "parked", attempt: letter.attempts, by });
  }

  /** PARKED -> OPEN, because a person takes it back; its attempts are counted anew, its history stays. */
  reopen(letter: DeadLetter, by: Claimant, at: string): Promise<boolean> {
    return this.#move(
      letter,
      "PARKED",
      "OPEN",
      { at, what: "reopened", attempt: letter.attempts, by },
      { set: { attempts: 1 } },
    );
  }

  /** The dead letters and traces of one chunk, in the order of their records. */
  ofChunk(importId: string, chunk: number): AsyncGenerator<DeadLetter> {
    return this.#query(undefined, "chunk", failurePartition(importId, chunk));
  }

  /** The dead letters of a feed in one status, oldest first within each of the index's shards. Eventually consistent. */
  async *ofStatus(feed: string, status: FailureStatus, since = ""): AsyncGenerator<DeadLetter> {
    for (let shard = 0; shard < statusShards; shard++) {
      yield* this.#query("byStatus", "feedStatus", feedStatusOf(feed, status, shard), since);
    }
  }

  /** When the dead letter of a feed failed that has been open for longest; undefined where none is. Eventually consistent. */
  async oldestOpen(feed: string): Promise<string | undefined> {
    const shards = Array.from({ length: statusShards }, (_, shard) => feedStatusOf(feed, "OPEN", shard));
    const oldest = await Promise.all(shards.map((value) => this.#query("byStatus", "feedStatus", value, "", 1).next()));
    return oldest.flatMap(({ value }) => value?.failedAt ?? []).sort()[0];
  }

  /** The dead letters of one product key, oldest first. Eventually consistent. */
  ofKey(catalog: string, key: string, since = ""): AsyncGenerator<DeadLetter> {
    return this.#query("byKey", "catalogKey", `${catalog}#${key}`, since);
  }

  /** A query of the table or of an index, so many items a page. */
  async *#query(
    index: string | undefined,
    partition: string,
    value: string,
    since = "",
    Limit?: number,
  ): AsyncGenerator<DeadLetter, undefined> {
    const later = index !== undefined && since !== "";
    const items = queryAll(this.#client, {
      TableName: this.#table,
      ...(index ? { IndexName: index } : { ConsistentRead: true }),
      ...(Limit && { Limit }),
      KeyConditionExpression: later ? "#partition = :value AND failedAt >= :since" : "#partition = :value",
      ExpressionAttributeNames: { "#partition": partition },
      ExpressionAttributeValues: marshall({ ":value": value, ...(later && { ":since": since }) }),
    });
    for await (const item of items) yield item as unknown as DeadLetter;
  }

  /** One transition, with the step that its history gets; without `entry` it leaves no trace there. */
  async #move(
    letter: DeadLetter,
    from: FailureStatus,
    to: FailureStatus,
    entry: HistoryEntry | undefined,
    change: Change = {},
  ): Promise<boolean> {
    const { owner, set = {}, remove = [] } = change;
    const all = { ...set, status: to, feedStatus: feedStatusOf(letter.feed, to, letter.recordNumber) };
    const names = Object.keys(all);
    const assignments = names.map((name) => `#${name} = :${name}`);
    if (entry) assignments.push("#history = list_append(#history, :entry)");
    const removal = remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(", ")}` : "";
    const used = new Set([...names, ...remove, "status", "attempts"]);
    if (entry) used.add("history");
    if (owner !== undefined) used.add("owner");
    const values = {
      ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`:${name}`, value])),
      ...{ ":from": from, ":seen": letter.attempts },
      ...(entry && { ":entry": [entry] }),
      ...(owner !== undefined && { ":held": owner }),
    };
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: marshall({ chunk: letter.chunk, record: letter.record }),
          UpdateExpression: `SET ${assignments.join(", ")}${removal}`,
          ConditionExpression:
            "#status = :from AND #attempts = :seen" + (owner === undefined ? "" : " AND #owner = :held"),
          ExpressionAttributeNames: Object.fromEntries([...used].map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
        }),
      );
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      // What is taken must come to an end, whatever its history has grown to.
      if (isTooLarge(error) && entry && to !== "REPROCESSING") return this.#move(letter, from, to, undefined, change);
      throw error;
    }
  }
}

function listed(corrections: readonly Correction[]): Pick<HistoryEntry, "corrections" | "moreCorrections"> {
  const more = corrections.length - listedCorrections;
  return { corrections: corrections.slice(0, listedCorrections), ...(more > 0 && { moreCorrections: more }) };
}

/** What else a transition asks for and changes. */
interface Change {
  readonly owner?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

/** The one row of a failed-records CSV that may run a dead letter, by the import of the file and its record. */
export function rowName(importId: string, record: number): string {
  return `${importId}#${record}`;
}
