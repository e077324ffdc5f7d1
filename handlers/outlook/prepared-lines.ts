import { closeLines } from "#imports/close-lines.ts";
import type { StateError } from "#imports/flow.ts";
import type { Line } from "#records/line.ts";
import type { PreparedLine } from "#outlook/outlook.ts";

/** What the prepared lines of a chunk would end as: those that would be stored stay as they are, but where the chunk was stopped. */
export function preparedLines(lines: readonly Line[], error: StateError | undefined): PreparedLine[] {
  const closed = closeLines(lines, error);
  if (error) return closed;
  return lines.map((line, at) => (line.kind === "mapped" || line.kind === "restoring" ? line : closed[at]!));
}
