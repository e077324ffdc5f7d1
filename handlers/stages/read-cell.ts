import { badCell } from "#feeds/bad-cell.ts";
import type { Cleanse } from "#feeds/cleansing.ts";
import { shownText, spreadsheetError } from "#feeds/spreadsheet-text.ts";
import type { MadeKey } from "#feeds/made-key.ts";
import { asText } from "#feeds/source.ts";
import { cleanKey, hasUnseen, keyProblem, type KeyForm } from "#products/key.ts";
import type { Cell, PatternCells, SingleCell } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";
import type { Layout, PatternLayout } from "#stages/layout.ts";
import { missingKey } from "#stages/row-faults.ts";

/** Makes a cell of what stands in the file: as a spreadsheet shows it, cleansed; null where there is nothing, or nothing that can be read. */
export function readCell(column: string, text: string, cleanse: Cleanse | undefined, notes: Notes): SingleCell {
  const shown = shownText(text);
  const error = spreadsheetError(column, shown);
  if (error !== undefined) {
    notes.errors.push(error);
    return null;
  }
  if (cleanse !== undefined) return cleanse(shown, notes);
  return shown === "" ? null : shown;
}

/** Reads the cell of a column of the feed. One that cannot be read fails nothing where all that is made of it can be left out. */
export function readColumn(
  { names, cleansings, omits }: Layout,
  index: number,
  text: string,
  notes: Notes,
): SingleCell {
  const errors = notes.errors.length;
  const cell = readCell(names[index]!, text, cleansings[index], notes);
  if (omits[index]! && notes.omit(errors)) (notes.unreadable ??= []).push(index);
  return cell;
}

/** Reads what stands in the key column of a row whose record has its key from a row above: nothing else is asked of it. */
export function readOtherKey(
  { keyColumn, keyIndex, cleansings }: Layout,
  text: string,
  notes: Notes,
): string | undefined {
  const cell = readCell(keyColumn, text, cleansings[keyIndex], notes);
  return (typeof cell === "string" && cleanKey(cell)) || undefined;
}

/**
 * Reads the cells of the columns that a pattern fits; null where all are blank. One that cannot be read, where all that is made of it
 * can be left out, is told and missing.
 */
export function readPattern(
  { columns, cleanse }: PatternLayout,
  row: readonly string[],
  notes: Notes,
): PatternCells | null {
  let cells: Record<string, NonNullable<SingleCell>> | null = null;
  for (const { name, source, omits } of columns) {
    const text = row[source]!;
    if (text === "" && cleanse === undefined) continue;
    const errors = notes.errors.length;
    const cell = readCell(name, text, cleanse, notes);
    if (omits) notes.omit(errors);
    if (cell !== null) (cells ??= {})[name] = cell;
  }
  return cells;
}

/**
 * Reads the key of a record. Undefined where there is none; one that is no proper key is noted as an error, and given all the
 * same, for its failure is looked for by it.
 */
export function readKey(layout: Layout, text: string, notes: Notes): string | undefined {
  const { keyColumn, keyIndex, cleansings } = layout;
  return keyOfCell(layout, readCell(keyColumn, text, cleansings[keyIndex], notes), text, notes);
}

/**
 * Makes the key of the cells of a record, as `readKey` reads it. A cell that it needs is never passed over: the key would be another
 * record's.
 */
export function makeKey(
  form: { readonly keyForm: KeyForm | undefined },
  { read, columns }: MadeKey,
  cells: readonly Cell[],
  of: Notes["of"],
  notes: Notes,
): string | undefined {
  const [first] = columns;
  if (notes.errors.some(({ column }) => columns.some(({ name }) => name === column))) return undefined;
  const errors = notes.errors.length;
  for (const { name, read: cellOf, needed } of columns) {
    const cell = cellOf(cells, notes);
    if (needed && cell === undefined) notes.errors.push(missingKey([name]));
    const problem = typeof cell === "string" ? keyProblem(cell) : undefined;
    if (problem !== undefined) notes.errors.push(badCell("BAD_KEY", name, cell as string, problem));
  }
  if (notes.errors.length > errors) return undefined;
  notes.of = of;
  const made = asText(read(cells, notes));
  notes.of = undefined;
  if (notes.errors.length > errors) return undefined;
  if (made === undefined) {
    notes.errors.push(missingKey(columns.map(({ name }) => name)));
    return undefined;
  }
  return keyOfCell({ ...form, keyColumn: first?.name ?? "" }, made, made, notes);
}

function keyOfCell(
  { keyColumn, keyForm }: Pick<Layout, "keyColumn" | "keyForm">,
  cell: SingleCell,
  text: string,
  notes: Notes,
): string | undefined {
  const key = typeof cell === "string" ? cleanKey(cell) : "";
  if (key === "") {
    if (notes.errors.length === 0) notes.errors.push(missingKey([keyColumn]));
    return undefined;
  }
  const problem = keyProblem(key, keyForm);
  if (problem !== undefined) notes.errors.push(badCell("BAD_KEY", keyColumn, key, problem));
  if (key !== text && (key !== cell || hasUnseen(shownText(text)))) {
    notes.warn({ code: "KEY_CLEANED", column: keyColumn, value: text, became: key });
  }
  return key;
}
