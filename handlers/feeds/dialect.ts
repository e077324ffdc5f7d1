import { matchColumns, type DeclaredColumn } from "#csv/columns.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";

/** Notes what is wrong with how a feed says that its files are written. */
export function checkDialect(
  { dialect = {} }: FeedFile,
  declared: readonly DeclaredColumn[],
  required: readonly string[],
  fault: NoteFault,
): void {
  checkEncoding(dialect.encoding, fault);
  if (dialect.quote === "none" && dialect.escape !== undefined)
    fault("/dialect/escape", "there is nothing to escape where quotes mean nothing");
  if (dialect.columns) checkNames(dialect.columns, declared, required, fault);
}

function checkEncoding(encoding: string | undefined, fault: NoteFault): void {
  if (encoding === undefined) return;
  try {
    new TextDecoder(encoding);
  } catch {
    fault(
      "/dialect/encoding",
      `"${encoding}" is no encoding that is known here: use a label like utf-8 or windows-1252`,
    );
  }
}

/** The names of the columns of files that have no header. */
function checkNames(
  names: readonly string[],
  declared: readonly DeclaredColumn[],
  required: readonly string[],
  fault: NoteFault,
): void {
  const { columns, patterns } = matchColumns(names, declared);
  const fitted = new Set(patterns.values());
  for (const [index, name] of names.entries()) {
    const path = pointer("dialect", "columns", index);
    if (name !== name.trim()) fault(path, "white space around a column's name is ignored: leave it out");
    if (columns.indexOf(columns[index]!) !== index) fault(path, `two columns are named "${columns[index]}"`);
    if ((bookkeepingColumns as readonly string[]).includes(name))
      fault(path, "the name belongs to the failed-records CSV");
  }
  for (const name of required)
    if (!columns.includes(name) && !fitted.has(name))
      fault("/dialect/columns", `the column "${name}", which a file must have, is not among them`);
}
