import { list, read, write } from "#aws/objects.ts";
import { chunkName } from "#imports/chunk-name.ts";
import type { ObjectRef } from "#imports/flow.ts";
import { formatLines, parseLines } from "#records/json-lines.ts";
import type { FormerState } from "#products/former-state.ts";

/**
 * Where the former states of a chunk's records lie: JSON Lines, in objects that nobody replaces. Whoever writes a later one has seen
 * something newer, so of several states of one record the one of the greatest version is what was replaced.
 */
export function formerStatesKey(importId: string, chunk: number, attempt = ""): string {
  return `undo/${importId}/${chunkName(chunk)}/${attempt === "" ? "" : `${attempt}.jsonl`}`;
}

/** Keeps former states; nothing is written where there are none. */
export async function writeFormerStates(to: ObjectRef, states: readonly FormerState[]): Promise<void> {
  if (states.length > 0) await write(to, formatLines(states), "application/jsonl");
}

/** The former states of a chunk's records: of each all that were kept, by the number of the record. */
export async function readFormerStates(
  bucket: string,
  importId: string,
  chunk: number,
): Promise<ReadonlyMap<number, readonly FormerState[]>> {
  const states = new Map<number, FormerState[]>();
  for await (const key of list(bucket, formerStatesKey(importId, chunk))) {
    for (const state of parseLines<FormerState>((await read({ bucket, key })).toString("utf8"))) {
      const known = states.get(state.record);
      if (known) known.push(state);
      else states.set(state.record, [state]);
    }
  }
  return states;
}
