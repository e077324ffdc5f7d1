import type { Column } from "#feeds/columns.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { columnsOf, neededColumns } from "#feeds/field-sources.ts";
import type { NoteFault } from "#feeds/invalid-feed.ts";
import { nothing, sourceSettings, type Compiled, type Read, type SourceCompiler } from "#feeds/source.ts";
import type { SingleCell } from "#records/line.ts";

/** A key that is made of several columns, of parts of one, or of the record's place. */
export interface MadeKey {
  readonly read: Read<NonNullable<SingleCell>>;
  /** The columns that it is made of; errors call it by the first. */
  readonly columns: readonly KeyColumn[];
  /** Whether it is made of the record's number or the file's name: these stay what they were when a failure comes back. */
  readonly ofFile: boolean;
}

export interface KeyColumn {
  readonly name: string;
  readonly read: Compiled["read"];
  /** Place among the cells of the declared column, or of the pattern that it is one of. */
  readonly index: number;
  /** Whether there is no key without it. */
  readonly needed: boolean;
}

/** Compiles a key that is no declared column; undefined where it is one, which is read as it stands. */
export function compileKey(
  { key }: FeedFile,
  columns: ReadonlyMap<string, Column>,
  compiler: SourceCompiler,
  fault: NoteFault,
): MadeKey | undefined {
  if (typeof key === "string" && columns.get(key)?.pattern === undefined && columns.has(key)) return undefined;
  const use = { field: "the key", path: "/key", ofFile: true };
  if (typeof key === "object") {
    const known = sourceSettings.filter((name) => name !== "else" && name !== "inherit");
    compiler.checkKnown(key, known, use);
  }
  const made = compiler.compile(key, use);
  compiler.needText(made, "/key");
  const needed = new Set(neededColumns(key));
  return {
    read: made.read,
    ofFile: isOfFile(key),
    columns: [...new Set(columnsOf(key))].map((name) => {
      const column = columns.get(name) ?? [...columns.values()].find(({ pattern }) => pattern?.match(name));
      if (column?.virtual) fault("/key", `the column "${name}" does not hold text of the file`);
      // What is no column is a fault of the source already.
      const read =
        column === undefined || columns.get(name)?.pattern ? nothing : (compiler.column(name, "/key")?.read ?? nothing);
      return { name, index: column?.index ?? -1, read, needed: needed.has(name) };
    }),
  };
}

function isOfFile(source: unknown): boolean {
  if (typeof source !== "object" || source === null) return false;
  return Object.entries(source).some(([name, value]) => (name === "of" && !Array.isArray(source)) || isOfFile(value));
}
