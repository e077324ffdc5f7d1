import { findColumn, type Column } from "#feeds/columns.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";

/** A rule of a feed that leaves rows out: totals, footers. */
export interface LeaveOut {
  readonly column: string;
  /** Whether the cell of that column, trimmed, makes its row one to leave out. */
  readonly fits: (cell: string) => boolean;
}

/** Compiles the rules by which a feed leaves rows out. */
export function compileLeaveOut(
  { leaveOut = [] }: FeedFile,
  columns: ReadonlyMap<string, Column>,
  fault: NoteFault,
): LeaveOut[] {
  return leaveOut.flatMap((rule, index) => {
    const path = pointer("leaveOut", index);
    const column = findColumn(columns, rule.column, `${path}/column`, fault);
    if (column?.pattern)
      fault(`${path}/column`, `"${rule.column}" may be several columns of a file: declare the one by its name`);
    if (column?.virtual) fault(`${path}/column`, `no file has the column "${rule.column}": the enrichment adds it`);
    if (rule.is !== undefined) {
      const is = rule.is.trim();
      return [{ column: rule.column, fits: (cell) => cell === is }];
    }
    const pattern = patternOf(rule.matches ?? "", `${path}/matches`, fault);
    return pattern ? [{ column: rule.column, fits: (cell) => pattern.test(cell) }] : [];
  });
}

function patternOf(pattern: string, path: string, fault: NoteFault): RegExp | undefined {
  try {
    return new RegExp(pattern, "u");
  } catch (error) {
    fault(
      path,
      `${JSON.stringify(pattern)} is no regular expression: ${(error as Error).message.replace(/^.*: /, "")}`,
    );
    return undefined;
  }
}
