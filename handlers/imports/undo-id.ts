import { createHash } from "node:crypto";

/** The importId of what takes an import back, or of a look at what that would do: 32 hex digits, always the same. */
export function undoIdOf(importId: string, dryRun: boolean): string {
  return createHash("sha256")
    .update([dryRun ? "dry run of undo" : "undo", importId].join("\n"))
    .digest("hex")
    .slice(0, 32);
}
