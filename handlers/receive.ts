import { SFNClient } from "@aws-sdk/client-sfn";
import { variable, wholeNumber } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { copy, head } from "#aws/objects.ts";
import { archiveKey } from "#imports/archive-key.ts";
import { importIdOf } from "#imports/import-id.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { readInboxKey } from "#imports/inbox-key.ts";
import { undoIdOf } from "#imports/undo-id.ts";
import { planOf, type ImportEntry } from "#imports/import-entry.ts";
import type { Claimant, ImportRef, Received } from "#imports/flow.ts";
import { isRunning } from "#recovery/is-running.ts";
import validate from "#validators/states/receive.js";

/** A file's event: S3's as delivered, or that of a file which a reprocessing run wrote. */
interface FileEvent {
  readonly time: string;
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly "version-id"?: string; readonly sequencer?: string };
  };
  readonly reprocess?: Claimant;
}

/** What a person wants to become of an import. */
interface Asked {
  readonly importId: string;
  readonly who: string;
  readonly reason: string;
}

/** Input of Receive: what the execution was started with, and the execution itself. */
interface ReceiveInput {
  readonly event:
    | FileEvent
    | { readonly close: { readonly importId: string; readonly reason: string } }
    | { readonly rerun: Asked }
    | { readonly release: Asked }
    | { readonly discard: Asked }
    | { readonly undo: Asked & { readonly dryRun?: boolean } };
  readonly owner: string;
  readonly startedAt: string;
}

const archive = variable("ARCHIVE_BUCKET");
const undoDays = wholeNumber("UNDO_DAYS");
const day = 24 * 60 * 60 * 1000;
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const stepFunctions = new SFNClient({});

/** Claims an import for this execution: that of a file version, or one that a person runs again, or one that must be closed. */
export const handler = lambda<ReceiveInput, Received>(
  "Receive",
  validate,
  async ({ event, owner, startedAt: started }) => {
    const startedAt = new Date(started).toISOString();
    if ("close" in event) return receiveToClose(event.close, owner);
    if ("rerun" in event) return receiveAgain(event.rerun, owner, startedAt);
    if ("release" in event) return receiveReleased(event.release, owner, startedAt);
    if ("discard" in event) return receiveDiscarded(event.discard, owner, startedAt);
    if ("undo" in event) return receiveUndo(event.undo, owner, startedAt);
    return receiveFile(event, owner, startedAt);
  },
);

/** A duplicate ends quietly, a dead owner is succeeded. */
async function receiveFile(event: FileEvent, owner: string, startedAt: string): Promise<Received> {
  const { key } = event.detail.object;
  if (readInboxKey(key).folderMarker) return { decision: "ignored", reason: `${key} is a folder marker.` };
  const offered = await offer(event, owner, startedAt);
  if (!offered) return { decision: "ignored", reason: `${key} is no longer there.` };
  const claimed = await claim(offered);
  if (!claimed) return { decision: "duplicate", reason: `Import ${offered.importId} has an owner already.` };
  return archived(claimed);
}

/** Runs a rejected or failed import again, from the archived original. */
async function receiveAgain({ importId, ...by }: Asked, owner: string, startedAt: string): Promise<Received> {
  const begun = await imports.rerun(importId, owner, startedAt, by);
  const known = await begunBy(importId, begun, owner);
  if (!known) return otherStatus(importId, "neither REJECTED nor FAILED");
  if (known.undoes !== undefined) {
    await reopenFailed(importId);
    return { decision: "import", import: refOf(known) };
  }
  return archived(refOf(known));
}

/** Goes on with an import that was held or previewed. */
async function receiveReleased({ importId, ...by }: Asked, owner: string, startedAt: string): Promise<Received> {
  const begun = await imports.release(importId, owner, startedAt, by);
  const known = await begunBy(importId, begun, owner);
  if (!known) return otherStatus(importId, "neither HELD nor PREVIEWED");
  return { decision: "import", import: refOf(known) };
}

/** Takes an import back, or looks at what that would do. */
async function receiveUndo(
  { importId: undoes, who, reason, dryRun = false }: Asked & { readonly dryRun?: boolean },
  owner: string,
  startedAt: string,
): Promise<Received> {
  const original = await imports.get(undoes);
  const refusal = whyNotUndone(undoes, original);
  if (!original || refusal !== undefined) return { decision: "ignored", reason: refusal ?? "" };
  const importId = undoIdOf(undoes, dryRun);
  const { claimant: _not, preview: _neither, ...ref } = refOf(original);
  const own: ImportRef = { ...ref, importId, undoes, owner, startedAt, ...(dryRun && { preview: true }) };
  const begun = await imports.undo(own, { who, reason });
  const known = await begunBy(importId, begun, owner);
  if (!known) return { decision: "ignored", reason: await whyNotAgain(undoes, importId) };
  await reopenFailed(importId);
  if (!dryRun) await imports.undone(undoes, importId);
  return { decision: "import", import: own };
}

function whyNotUndone(importId: string, original: ImportEntry | undefined): string | undefined {
  if (!original?.status.startsWith("COMPLETED") && original?.status !== "FAILED")
    return `Import ${importId} is ${original?.status ?? "not known"}: there is nothing of it that could be taken back.`;
  if (!planOf(original)) return `Import ${importId} has stored nothing.`;
  const ended = Date.parse(original.finishedAt ?? original.startedAt);
  if (ended + undoDays * day < Date.now())
    return `Import ${importId} ended more than ${undoDays} days ago: what it has replaced is no longer kept.`;
  return undefined;
}

async function whyNotAgain(undoes: string, importId: string): Promise<string> {
  const known = await imports.get(importId);
  return `Import ${undoes} is taken back by import ${importId}, which is ${known?.status ?? "not known"}.`;
}

/** The chunks of an undo that failed are tried again: there are no dead letters of it. */
async function reopenFailed(importId: string): Promise<void> {
  for await (const { chunk, outcomes } of imports.ledger(importId))
    if ((outcomes?.failed ?? 0) > 0) await imports.reopen(importId, chunk);
}

/** Closes an import that was held or previewed: nothing of it is stored. */
async function receiveDiscarded({ importId, ...by }: Asked, owner: string, startedAt: string): Promise<Received> {
  const begun = await imports.discard(importId, owner, startedAt, by);
  const known = await begunBy(importId, begun, owner);
  if (!known) return otherStatus(importId, "neither HELD nor PREVIEWED");
  return discarded(known, by);
}

function discarded(known: ImportEntry, { who, reason }: { who: string; reason: string }): Received {
  const rejection = { code: "DISCARDED", message: `${who} has discarded the file: ${reason}` };
  return { decision: "discard", import: refOf(known), plan: { decision: "rejected", rejection } };
}

/** The import that a person's wish has begun, by this execution now or before a retry; undefined where it is in another status. */
async function begunBy(importId: string, begun: boolean, owner: string): Promise<ImportEntry | undefined> {
  const known = await imports.get(importId);
  return known && (begun || known.owner === owner) ? known : undefined;
}

async function otherStatus(importId: string, wanted: string): Promise<Received> {
  const known = await imports.get(importId);
  return { decision: "ignored", reason: `Import ${importId} is ${known?.status ?? "not known"}, ${wanted}.` };
}

/** Takes over an import whose owner ended, in order to close it. */
async function receiveToClose(
  { importId, reason }: { importId: string; reason: string },
  owner: string,
): Promise<Received> {
  const known = await imports.get(importId);
  const taken = known && (await succeed(known, owner));
  if (!taken)
    return {
      decision: "duplicate",
      reason: `Import ${importId} is ${known?.status ?? "not known"}; there is nothing to close.`,
    };
  const plan = planOf(known);
  // What a person has decided stands; what waits for one waits on.
  if (known.discarded) return discarded({ ...known, ...taken }, known.discarded);
  const { decided, held, chunks = 0 } = known;
  if (plan && decided && (held ?? known.preview) && !known.released) {
    const by = known.preview ? "preview" : "guard";
    return { decision: "hold", import: taken, plan, decided: { manifest: decided, chunks, held: by } };
  }
  return { decision: "close", import: taken, ...(plan && { plan }), error: { Error: "ExecutionEnded", Cause: reason } };
}

async function archived(ref: ImportRef): Promise<Received> {
  // The original of an import that is run again may be gone from the inbox; its copy is not.
  if (!(await head(ref.archived))) await copy(ref.file, ref.archived, ref.file.bytes);
  return { decision: "import", import: ref };
}

/** The import as this execution would own it; undefined where the object is gone. */
async function offer(event: FileEvent, owner: string, startedAt: string): Promise<ImportRef | undefined> {
  const { bucket, object } = event.detail;
  const asked = {
    bucket: bucket.name,
    key: object.key,
    ...(object["version-id"] && { versionId: object["version-id"] }),
  };
  const found = await head(asked);
  if (!found) return undefined;
  const file = { ...asked, ...(found.versionId && { versionId: found.versionId }), etag: found.etag };
  const importId = importIdOf({ ...file, lastModified: found.lastModified });
  const { feed, name, isPreview } = readInboxKey(object.key);
  return {
    importId,
    feed,
    file: { ...file, bytes: found.bytes },
    eventTime: new Date(event.time).toISOString(),
    sequencer: object.sequencer ?? "",
    archived: { bucket: archive, key: archiveKey(feed, event.time, importId, name) },
    ...(isPreview && { preview: true }),
    ...(event.reprocess && { claimant: event.reprocess }),
    owner,
    startedAt,
  };
}

/** The import as claimed: by this execution now or before a retry, or taken over from an owner that no longer runs. */
async function claim(offered: ImportRef): Promise<ImportRef | undefined> {
  if (await imports.claim(offered)) return offered;
  const known = await imports.get(offered.importId);
  return known && succeed(known, offered.owner);
}

/** An import that is not finished, owned by `owner`; undefined where its owner still runs, or somebody else was quicker. */
async function succeed(known: ImportEntry, owner: string): Promise<ImportRef | undefined> {
  if (known.status !== "RUNNING") return undefined;
  if (known.owner === owner) return refOf(known);
  if (await isRunning(stepFunctions, known.owner)) return undefined;
  return (await imports.takeOver(known.importId, known.owner, owner)) ? { ...refOf(known), owner } : undefined;
}

/** The part of an entry that flows through the states; age and archive stay those of the first claim. */
function refOf(entry: ImportEntry): ImportRef {
  const { importId, feed, file, eventTime, sequencer, archived, claimant, owner, startedAt } = entry;
  const { preview, released, undoes } = entry;
  const own = {
    ...(claimant && { claimant }),
    ...(preview && !released && { preview }),
    ...(undoes !== undefined && { undoes }),
  };
  return { importId, feed, file, eventTime, sequencer, archived, ...own, owner, startedAt };
}
