import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import type { ChunkTask } from "#imports/flow.ts";
import validate from "#validators/states/chunk-task.js";

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));

/** Notes in the ledger where the chunk's last lines are, and what stopped it if anything did. */
export const handler = lambda<ChunkTask, undefined>(
  "NotePrepared",
  validate,
  async ({ import: { importId }, chunk, lines, error }) => {
    await imports.prepared(importId, chunk.chunk, chunk.records, lines, error);
    return undefined;
  },
);
