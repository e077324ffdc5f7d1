import { chunkName } from "#imports/chunk-name.ts";
import type { ObjectRef } from "#imports/flow.ts";

/** Where an attempt of a state writes: a key of its own, so that a slow double never mixes with its successor. */
export function workKey(bucket: string, importId: string, state: string, attempt: string, chunk?: number): ObjectRef {
  const part = chunk === undefined ? "" : `/${chunkName(chunk)}`;
  return { bucket, key: `imports/${importId}/${state}${part}/${attempt}.${chunk === undefined ? "json" : "jsonl"}` };
}
