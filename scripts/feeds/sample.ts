import { createReadStream, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { headerOf } from "#csv/header.ts";
import { checkNotBinary, fileKindOf, type FileKind } from "#csv/file-kind.ts";
import { normalise } from "#csv/normalise.ts";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { separatorLine } from "#csv/separator-line.ts";
import { quote } from "#feeds/bad-cell.ts";
import { delimiters, type Delimiter, type Dialect } from "#imports/flow.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { isBlankRow } from "#records/is-blank-row.ts";
import { readConfig } from "../../infra/config.ts";
import { CannotDo } from "../cli/endings.ts";
import { findEncoding } from "./encoding.ts";
import { meantFields } from "./field-names.ts";

/** The first rows of a file, read without knowing anything of it. */
export interface Sample {
  readonly kind: FileKind;
  /** What the feed must say of files like this one, beyond what is found in each. */
  readonly declare: { encoding?: string; delimiter?: Delimiter; quote?: "none"; escape?: "\\"; comment?: "#" };
  readonly delimiter: Delimiter;
  /** The columns' names in their order, "" where one has none; made up where the file has no header. */
  readonly names: readonly string[];
  readonly headless: boolean;
  /** Physical line of the header. */
  readonly headerLine: number;
  /** Rows that line up with the header, blank ones left out. */
  readonly rows: readonly (readonly string[])[];
  /** Rows that do not. */
  readonly crooked: number;
  /** Whether these are all rows of the file. */
  readonly whole: boolean;
  /** The bytes of the sample, where it is a text: as the file has them. */
  readonly bytes: Buffer | undefined;
  readonly doubts: readonly string[];
}

const mostBytes = 2 * 1024 ** 2;
const mostRows = 5000;
/** The header is one of so many rows. */
const mostRowsAbove = 20;

/** Reads the first rows of a file of any accepted kind. Throws CannotDo where it cannot be read. */
export async function readSample(path: string): Promise<Sample> {
  try {
    const kind = fileKindOf(path);
    if (statSync(path).size === 0) throw new CannotDo(`The file ${path} is empty: export it again.`);
    if (kind === "excel") return await workbookSample(path);
    const { bytes, whole } = await firstBytes(path, kind);
    checkNotBinary(bytes);
    const { text, declare, doubts } = findEncoding(bytes, whole);
    const sample = sampleOf(text, kind, whole);
    return {
      ...sample,
      bytes,
      declare: { ...(declare !== undefined && { encoding: declare }), ...sample.declare },
      doubts: [...doubts, ...sample.doubts],
    };
  } catch (error) {
    if (!(error instanceof FileRejected)) throw error;
    throw new CannotDo(error.message);
  }
}

async function workbookSample(path: string): Promise<Sample> {
  const { maxExcelBytes, maxFileBytes } = readConfig(process.env);
  const blocks: Uint8Array[] = [];
  let [bytes, whole] = [0, true];
  for await (const block of normalise(createReadStream(path), { kind: "excel", maxExcelBytes, maxFileBytes })) {
    blocks.push(block);
    bytes += block.length;
    whole = bytes < mostBytes;
    if (!whole) break;
  }
  return { ...sampleOf(Buffer.concat(blocks).toString(), "excel", whole), bytes: undefined };
}

async function firstBytes(path: string, kind: FileKind): Promise<{ bytes: Buffer; whole: boolean }> {
  const file = createReadStream(path);
  const source = kind === "gzip" ? file.pipe(createGunzip()) : file;
  const blocks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const block of source) {
      blocks.push(block as Buffer);
      bytes += (block as Buffer).length;
      if (bytes > mostBytes) return { bytes: Buffer.concat(blocks).subarray(0, mostBytes), whole: false };
    }
  } catch (error) {
    if (kind !== "gzip") throw error;
    throw new CannotDo(
      `The file ${path} is no gzip archive or is damaged (${(error as Error).message}): pack it again.`,
    );
  } finally {
    file.destroy();
  }
  return { bytes: Buffer.concat(blocks), whole: true };
}

type Row = readonly string[] | undefined;

/** Rows of a text in one dialect: undefined where the quotes do not follow the rules of CSV. */
interface ReadRows {
  readonly rows: readonly Row[];
  readonly lines: readonly number[];
}

function sampleOf(text: string, kind: FileKind, whole: boolean): Omit<Sample, "bytes"> {
  const doubts: string[] = [];
  const bytes = Buffer.from(withoutMarks(text));
  const separator = separatorLine(bytes);
  const body = bytes.subarray(separator?.end ?? 0);
  const head = body.subarray(0, 128 * 1024);
  const comment =
    /^#[^\r\n]*(?:\r\n|\r|\n)(?!#)/.test(head.toString()) && commentsAbove(head.toString())
      ? { comment: "#" as const }
      : {};
  const delimiter =
    kind === "excel"
      ? ","
      : (separator?.delimiter ?? bestDelimiter(head, comment, whole && head.length === body.length));
  const dialect = bestQuoting(head, { delimiter, ...comment }, whole, doubts);
  const { rows, lines } = readRows(body, dialect, whole);
  const found = headerAmong(rows);
  if (!found) throw new CannotDo("The file has nothing in it that looks like rows of a table.");
  const names = headerOf(found.cells).columns;
  if (headerOf(found.cells).failedRecords)
    throw new CannotDo("The file is a failed-records CSV: give the file that its records came from.");
  const below = rows.slice(found.headless ? found.index : found.index + 1, mostRows + found.index);
  const filled = below.filter((row) => row === undefined || !isBlankRow(row));
  const straight = filled.filter((row): row is readonly string[] => row?.length === names.length);
  if (straight.length === 0)
    throw new CannotDo("The file has a header and no rows that fit it: give one with records.");
  const above = rows
    .slice(0, found.headless ? 0 : found.index)
    .flatMap((row) => (row && !isBlankRow(row) ? [row.join(" ").trim()] : []));
  if (above.length > 0)
    doubts.push(
      `Above the header, which is row ${found.index + 1}, stands ${quote(above[0]!)}: each import will tell that it was passed over.`,
    );
  return {
    kind,
    declare: {
      ...(found.headless && { delimiter }),
      ...(dialect.quote && { quote: dialect.quote, delimiter }),
      ...(dialect.escape && { escape: dialect.escape }),
      ...(dialect.comment && { comment: dialect.comment }),
    },
    delimiter,
    names: found.headless ? names.map((_, index) => `Column ${index + 1}`) : names,
    headless: found.headless,
    headerLine: (lines[found.index] ?? 1) + (separator ? 1 : 0),
    rows: straight,
    crooked: filled.length - straight.length,
    whole: whole && rows.length <= mostRows + found.index,
    doubts,
  };
}

/** Without a byte order mark, and without the end marks of old systems. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x1a) end--;
  return text.slice(text.charCodeAt(0) === 0xfeff ? 1 : 0, end);
}

/** Whether the lines of # at the top are comments, and not a header that begins with that sign. */
function commentsAbove(text: string): boolean {
  const lines = text.split(/\r\n|\r|\n/).slice(0, mostRowsAbove);
  const first = lines.findIndex((line) => !line.startsWith("#"));
  const header = lines[first] ?? "";
  return (
    first > 0 &&
    delimiters.some((sign) => header.includes(sign)) &&
    !delimiters.some(
      (sign) => lines[first - 1]!.split(sign).length === header.split(sign).length && header.includes(sign),
    )
  );
}

function readRows(bytes: Buffer, dialect: Dialect, whole: boolean): ReadRows {
  const positions = recordsOf(bytes, { ...dialect, offset: 0, firstRecord: 1, firstLine: 1 });
  // The end of a sample cuts a row.
  if (!whole) positions.pop();
  const end = positions.at(-1);
  const rows = parseRecords(bytes.subarray(0, end ? end.at[0] + end.at[1] : 0), positions, { ...dialect, offset: 0 });
  const kept = rows.flatMap((row, index) => ("comment" in row ? [] : [{ row, line: positions[index]!.line }]));
  return {
    rows: kept.map(({ row }) => (Array.isArray(row) ? row : undefined)),
    lines: kept.map(({ line }) => line),
  };
}

/** The delimiter under which most rows have one number of cells, and many; the header counts double. */
function bestDelimiter(head: Buffer, comment: Pick<Dialect, "comment">, whole: boolean): Delimiter {
  const scored = delimiters.map((delimiter) => {
    const { rows } = readRows(head, { delimiter, ...comment }, whole);
    const some = rows.filter((row) => row === undefined || !isBlankRow(row)).slice(0, 500);
    const { width, count } = usualWidth(some);
    const share = count / Math.max(some.length, 1);
    const named = some
      .slice(0, mostRowsAbove)
      .some((row) => row?.length === width && row.every((cell) => !isData(cell)));
    return { delimiter, score: width < 2 ? 0 : share * width * (named ? 2 : 1) };
  });
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).delimiter;
}

function bestQuoting(head: Buffer, plain: Dialect, whole: boolean, doubts: string[]): Dialect {
  const bad = (dialect: Dialect): number => {
    const { rows } = readRows(head, dialect, whole && head.length < mostBytes);
    const { width } = usualWidth(rows);
    // A quote that never closes makes one row of the rest.
    const swallowed = rows.some((row) => row?.some((cell) => cell.length > 20_000)) ? 100 : 0;
    return rows.filter((row) => row === undefined || (row.length !== width && !isBlankRow(row))).length + swallowed;
  };
  const usual = bad(plain);
  if (usual === 0) return plain;
  const others: Dialect[] = [
    { ...plain, escape: "\\" },
    { ...plain, quote: "none" },
  ];
  const best = others.reduce((best, one) => (bad(one) < bad(best) ? one : best));
  if (bad(best) * 3 > usual) return plain;
  doubts.push(
    best.quote
      ? "Quotes in the file do not follow the rules of CSV: the feed takes them for signs like any other (dialect.quote); have them doubled and remove that, if cells may hold the delimiter."
      : "Quotes inside cells stand behind a backslash: the feed says so (dialect.escape).",
  );
  return best;
}

function usualWidth(rows: readonly Row[]): { width: number; count: number } {
  const counts = new Map<number, number>();
  for (const row of rows) if (row && !isBlankRow(row)) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [width = 0, count = 0] = [...counts].sort(([a, x], [b, y]) => y - x || b - a)[0] ?? [];
  return { width, count };
}

/** The header: the first of the first rows that names nearly all columns and has nothing in it that no name is. */
function headerAmong(
  rows: readonly Row[],
): { readonly index: number; readonly cells: readonly string[]; readonly headless: boolean } | undefined {
  const { width } = usualWidth(rows);
  const filled = (row: readonly string[]): number => row.filter((cell) => cell.trim() !== "").length;
  for (const [index, row] of rows.slice(0, mostRowsAbove).entries()) {
    if (!row || filled(row) === 0) continue;
    const names = row.filter((cell) => cell.trim() !== "");
    const fits = row.length === width && names.length >= Math.ceil(width * 0.6);
    // Two known names make a header of a row that has years among its names.
    const known = names.filter((name) => meantFields(name).length > 0).length >= 2;
    if (fits && (known || names.every((cell) => !isData(cell))) && new Set(names).size > names.length * 0.8)
      return { index, cells: row, headless: false };
  }
  const first = rows.findIndex((row) => row?.length === width && filled(row) > 0);
  if (first < 0) return undefined;
  return { index: first, cells: rows[first]!, headless: true };
}

/** Whether a cell is what no column is named: a number, a date, an address. */
function isData(cell: string): boolean {
  const text = cell.trim();
  return (
    /^[-+]?[\d.,'’ ]*\d[%€$£]?$/.test(text) ||
    /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/.test(text) ||
    /^https?:/i.test(text) ||
    text.length > 150
  );
}
