import { entriesOf, type Cells, type Read } from "#feeds/source.ts";
import type { AttributeValue, Attributes } from "#products/product.ts";
import type { Cell, RestructuredRow } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";
import type { TypeName } from "#kinds/kind.ts";

/** A row of a group, with its cells as they are read where blank ones mean those of the rows above. */
export interface GroupRow extends RestructuredRow {
  readonly above: readonly Cell[];
}

/** The rows of a group with what stands above each. */
export function groupRows(rows: readonly RestructuredRow[]): GroupRow[] {
  let above: Cells = [];
  return rows.map((row) => {
    above = row.cells.map((cell, index) => (cell === null ? (above[index] ?? null) : merged(above[index], cell)));
    return { ...row, above };
  });
}

/** The columns of a pattern are each filled by itself. */
function merged(above: Cell | undefined, cell: Cell): Cell {
  const [before, own] = [entriesOf(above), entriesOf(cell)];
  return before && own ? { ...before, ...own } : cell;
}

/** Reads something of one row; errors say its line. */
export function readRow<T>(read: Read<T>, row: GroupRow, notes: Notes): T | undefined {
  const errors = notes.errors.length;
  notes.line = row.line;
  notes.above = row.above;
  notes.unreadable = row.unreadable ? [...row.unreadable] : undefined;
  const value = read(row.cells, notes);
  notes.place(errors);
  notes.line = notes.above = notes.unreadable = undefined;
  return value;
}

/** Types whose values of all rows are collected; of any other the first row that has one counts. */
const collected: ReadonlySet<TypeName> = new Set(["list", "paths", "references"] as TypeName[]);

/** Reads a field of a group: lists over all rows in order, each item once; attributes each from the first row that has it. */
export function readGroup(
  type: TypeName,
  read: Read<unknown>,
  rows: readonly GroupRow[],
  notes: Notes,
): { value: unknown; row: GroupRow } | undefined {
  let found: { value: unknown; row: GroupRow } | undefined;
  const imagesFrom: string[] = [];
  for (const row of rows) {
    notes.imagesFrom = undefined;
    const value = readRow(read, row, notes);
    if (value === undefined) continue;
    if (found === undefined) {
      found = { value, row };
      imagesFrom.push(...((notes.imagesFrom as readonly string[] | undefined) ?? []));
    } else if (type === "attributes") {
      found = { ...found, value: withOthers(found.value as Attributes, value as Attributes) };
    } else if (collected.has(type)) {
      const [known, further] = [found.value as unknown[], value as unknown[]];
      const seen = new Set(known.map((item) => JSON.stringify(item)));
      const from = (notes.imagesFrom as readonly string[] | undefined) ?? [];
      const isNew = further.map((item) => !seen.has(JSON.stringify(item)));
      imagesFrom.push(...from.filter((_, at) => isNew[at]));
      found = { ...found, value: [...known, ...further.filter((_, at) => isNew[at])] };
    }
    if (type !== "attributes" && !collected.has(type)) break;
  }
  if (type === "references") notes.imagesFrom = imagesFrom.length > 0 ? imagesFrom : undefined;
  return found;
}

/** Lists of one name are collected, anything else stays what it was first. */
function withOthers(known: Attributes, further: Attributes): Attributes {
  const all = { ...known };
  for (const [name, value] of Object.entries(further)) {
    const own = all[name];
    if (own === undefined) all[name] = value;
    else if (isList(own) && isList(value)) all[name] = [...own, ...value.filter((item) => !own.includes(item))];
  }
  return all;
}

function isList(value: AttributeValue): value is readonly string[] {
  return Array.isArray(value);
}

/** What a row has in columns that the feed does not declare, where its product has something else there; undefined where nothing. */
export function ownExtra({ extra }: GroupRow, ofProduct: Attributes | undefined): Attributes | undefined {
  const own = Object.entries(extra ?? {}).filter(([name, value]) => ofProduct?.[name] !== value);
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}
