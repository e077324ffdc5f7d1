import { settingsOf, type CompileField } from "#feeds/fields/field.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import type { Source, SourceSettings } from "#feeds/feed.ts";
import { entriesOf, partsOf, type Cells, type SourceUse } from "#feeds/source.ts";
import { itemsOf, splitAt } from "#feeds/separator.ts";
import type { PatternCells, SingleCell } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";

/** Cells that lists are made of, each with the column that it came from. */
type ReadAll = (cells: Cells, notes: Notes) => readonly (readonly [column: string, cell: NonNullable<SingleCell>])[];

interface Several {
  readonly readAll: ReadAll;
  /** Whether there are several columns, so that it is a question which one something came from. */
  readonly several: boolean;
}

/** Texts of one column or several. */
export const list: CompileField<string[]> = (source, use, context) => {
  const settings = settingsOf(source, [], { ...use, splits: true }, context);
  const { readAll } = severalOf(source, settings, use, context);
  const split = separatorOf(settings);
  return (cells, notes) => {
    const items = readAll(cells, notes).flatMap(([, cell]) => partsOf(cell, split) ?? []);
    return items.length > 0 ? items : undefined;
  };
};

/** References to images or other files, each once, as a list of which it is noted where each came from. */
export const references: CompileField<string[]> = (source, use, context) => {
  const settings = settingsOf(source, ["prefix"], { ...use, splits: true }, context);
  const { prefix } = settings;
  const { readAll, several } = severalOf(source, settings, use, context);
  const split = separatorOf(settings);
  return (cells, notes) => {
    let images: string[] | undefined;
    let imagesFrom: string[] | undefined;
    for (const [column, cell] of readAll(cells, notes)) {
      const known = images;
      const found = partsOf(cell, split)?.filter((image) => !known?.includes(image));
      if (found === undefined) continue;
      images = known === undefined ? [...new Set(found)] : [...known, ...new Set(found)];
      if (several) (imagesFrom ??= []).push(...images.slice(known?.length).map(() => column));
    }
    if (use.field === "images" && imagesFrom !== undefined) notes.imagesFrom = imagesFrom;
    if (images === undefined || prefix === undefined) return images;
    return images.map((image) => (isAbsolute(image) ? image : prefix + image));
  };
};

/** Category paths. */
export const paths: CompileField<string[][]> = (source, use, context) => {
  const settings = settingsOf(source, ["levels", "paths", "root"], use, context);
  const { levels, paths: between, root } = settings;
  const { readAll } = severalOf(source, settings, use, context);
  const splitPaths = between === undefined ? undefined : splitAt(between);
  const splitLevels = levels === undefined ? undefined : splitAt(levels);
  return (cells, notes) => {
    const found: string[][] = [];
    for (const [, cell] of readAll(cells, notes)) {
      for (const path of partsOf(cell, splitPaths) ?? []) {
        const names = splitLevels === undefined ? [path] : itemsOf(path, splitLevels);
        if (names === null) continue;
        const kept = root !== undefined && names[0] === root ? names.slice(1) : names;
        if (kept.length > 0) found.push(kept);
      }
    }
    return found.length > 0 ? found : undefined;
  };
};

function separatorOf({ split, part }: SourceSettings): ReturnType<typeof splitAt> | undefined {
  return split === undefined || part !== undefined ? undefined : splitAt(split);
}

/** What a list is made of: one source or several, of which each may be all columns of a pattern. */
function severalOf(source: Source, settings: SourceSettings, use: SourceUse, context: MappingContext): Several {
  const { from } = settings;
  const asked = Array.isArray(from) ? from : [source];
  const all = asked.map((one, at) => {
    const path = Array.isArray(from) ? `${use.path}/from/${at}` : use.path;
    return oneOf(one, { ...use, path, splits: true }, context);
  });
  const column = all.find((one) => one.column !== undefined)?.column;
  if (column !== undefined) context.columnOf.set(use.field, column);
  const [single, ...others] = all;
  if (single && others.length === 0) return single;
  return { readAll: (cells, notes) => all.flatMap(({ readAll }) => readAll(cells, notes)), several: true };
}

function oneOf(source: Source, use: SourceUse, { compiler, columns }: MappingContext): Several & { column?: string } {
  const pattern = columns.get(onlyColumn(source) ?? "");
  if (pattern?.pattern)
    return { readAll: (cells) => filled(entriesOf(cells[pattern.index])), several: true, column: pattern.name };
  const { read, column } = compiler.compile(source, use);
  const readAll: ReadAll = (cells, notes) => {
    const cell = read(cells, notes);
    return cell === undefined ? [] : [[column ?? use.field, cell]];
  };
  return { readAll, several: false, ...(column !== undefined && { column }) };
}

/** The column that a source is nothing but. */
function onlyColumn(source: Source): string | undefined {
  if (typeof source === "string") return source;
  const { from } = source;
  return typeof from === "string" && Object.keys(source).every(isOwn) ? from : undefined;
}

/** Settings that say what becomes of cells, not which they are. */
function isOwn(setting: string): boolean {
  return ["from", "split", "prefix", "levels", "paths", "root", "else", "type"].includes(setting);
}

function filled(entries: PatternCells | undefined): [string, NonNullable<SingleCell>][] {
  return Object.entries(entries ?? {});
}

function isAbsolute(reference: string): boolean {
  return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(reference);
}
