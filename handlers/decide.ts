import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { readJson, write } from "#aws/objects.ts";
import { chunksToImport } from "#imports/decide.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask, Decided, ImportRef, Planned } from "#imports/flow.ts";
import validate from "#validators/states/decide.js";

interface DecideInput {
  readonly import: ImportRef;
  readonly plan: Planned;
}

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const work = variable("WORK_BUCKET");

/** Reads the ledger before the first product is written, and says of each chunk whether it is imported or only closed. */
export const handler = lambda<DecideInput, DecideInput & { decided: Decided }>(
  "Decide",
  validate,
  async (input, attempt) => {
    const { importId } = input.import;
    const tasks = await readJson<ChunkTask[]>(input.plan.manifest);
    const ledger: ChunkEntry[] = [];
    for await (const entry of imports.ledger(importId)) ledger.push(entry);

    const manifest = workKey(work, importId, "decide", attempt);
    await write(manifest, JSON.stringify(chunksToImport(tasks, ledger)), "application/json");
    return { ...input, decided: { manifest, chunks: tasks.length } };
  },
);
