import { write } from "#aws/objects.ts";
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
