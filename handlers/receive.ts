import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { copy, head } from "#aws/objects.ts";
import { importIdOf } from "#imports/import-id.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { readInboxKey } from "#imports/inbox-key.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { ImportRef, Received } from "#imports/flow.ts";
import validate from "#validators/states/receive.js";

/** Input of Receive: the event as delivered, and the execution that asks. */
interface ReceiveInput {
  readonly event: {
    readonly time: string;
    readonly detail: {
      readonly bucket: { readonly name: string };
      readonly object: { readonly key: string; readonly "version-id"?: string; readonly sequencer?: string };
    };
  };
  readonly owner: string;
  readonly startedAt: string;
}

const archive = variable("ARCHIVE_BUCKET");
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const stepFunctions = new SFNClient({});

/** Claims the import of one file version and archives the file. A duplicate ends quietly, a dead owner is succeeded. */
export const handler = lambda<ReceiveInput, Received>(validate, async (input) => {
  const { key } = input.event.detail.object;
  if (readInboxKey(key).folderMarker) return { decision: "ignored", reason: `${key} is a folder marker.` };

  const offered = await offer(input);
  if (!offered) return { decision: "ignored", reason: `${key} is no longer there.` };

  const claimed = await claim(offered);
  if (!claimed) return { decision: "duplicate", reason: `Import ${offered.importId} has an owner already.` };

  await copy(claimed.file, claimed.archived, claimed.file.bytes);
  return { decision: "import", import: claimed };
});

/** The import as this execution would own it; undefined where the object is gone. */
async function offer({ event, owner, startedAt }: ReceiveInput): Promise<ImportRef | undefined> {
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
  const { feed, name } = readInboxKey(object.key);
  return {
    importId,
    feed,
    file: { ...file, bytes: found.bytes },
    eventTime: new Date(event.time).toISOString(),
    sequencer: object.sequencer ?? "",
    archived: { bucket: archive, key: `files/${feed}/${event.time.slice(0, 10)}/${importId}/${name}` },
    owner,
    startedAt: new Date(startedAt).toISOString(),
  };
}

/** The import as claimed: by this execution now or before a retry, or taken over from an owner that no longer runs. */
async function claim(offered: ImportRef): Promise<ImportRef | undefined> {
  if (await imports.claim(offered)) return offered;
  const known = await imports.get(offered.importId);
  if (known?.status !== "RUNNING") return undefined;
  if (known.owner === offered.owner) return refOf(known);
  if (await isRunning(known.owner)) return undefined;
  return (await imports.takeOver(known.importId, known.owner, offered.owner))
    ? { ...refOf(known), owner: offered.owner }
    : undefined;
}

/** The part of an entry that flows through the states; age and archive stay those of the first claim. */
function refOf(entry: ImportEntry): ImportRef {
  const { importId, feed, file, eventTime, sequencer, archived, owner, startedAt } = entry;
  return { importId, feed, file, eventTime, sequencer, archived, owner, startedAt };
}

async function isRunning(executionArn: string): Promise<boolean> {
  try {
    const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return status === "RUNNING" || status === "PENDING_REDRIVE";
  } catch (error) {
    if (error instanceof Error && error.name === "ExecutionDoesNotExist") return false;
    throw error;
  }
}
