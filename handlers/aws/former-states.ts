import { list, read, write } from "#aws/objects.ts";
import type { ObjectRef } from "#imports/flow.ts";
import type { FormerState } from "#products/former-state.ts";

/**
 * Where the former states of a chunk's records lie: JSON Lines, in objects that nobody replaces. Whoever writes a later one has seen
 * something newer, so of several states of one record the one of the greatest version is what was replaced.
 */
export function formerStatesKey(importId: string, chunk: number, attempt = ""): string {
  return `undo/${importId}/${String(chunk).padStart(6, "0")}/${attempt === "" ? "" : `${attempt}.jsonl`}`;
}

/** Keeps former states; nothing is written where there are none. */
export async function writeFormerStates(to: ObjectRef, states: readonly FormerState[]): Promise<void> {
  if (states.length > 0)
    await write(to, states.map((state) => `${JSON.stringify(state)}\n`).join(""), "application/jsonl");
}

/** The former states of a chunk's records: of each all that were kept, by the number of the record. */
export async function readFormerStates(
  bucket: string,
  importId: string,
  chunk: number,
): Promise<ReadonlyMap<number, readonly FormerState[]>> {
  const states = new Map<number, FormerState[]>();
  for await (const key of list(bucket, formerStatesKey(importId, chunk))) {
    for (const text of (await read({ bucket, key })).toString("utf8").split("\n")) {
      if (text === "") continue;
      const state = JSON.parse(text) as FormerState;
      const known = states.get(state.record);
      if (known) known.push(state);
      else states.set(state.record, [state]);
    }
  }
  return states;
}
