import { basename } from "node:path";
import { distinctNames } from "#csv/columns.ts";
import { namesIn, recogniseHeader } from "#csv/header.ts";
import { parseRecords, type ParsedRecord } from "#csv/parse.ts";
import { rowsOfAll } from "#csv/records.ts";
import { placesIn } from "#csv/sheet-place.ts";
import { FileRejected, type RecordError } from "#errors/catalogue.ts";
import { placed } from "#failures/places.ts";
import type { Feed } from "#feeds/compile.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { Rejection } from "#imports/flow.ts";
import { rejectionOf } from "#imports/open-table.ts";
import type { Product } from "#products/product.ts";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { restructure } from "#stages/restructure.ts";
import { validator } from "#stages/validator.ts";
import { addWarnings } from "#warnings/count.ts";
import type { RecordWarning, Warning } from "#warnings/catalogue.ts";
import { readConfig } from "../../infra/config.ts";
import { fieldColumns, otherColumns } from "./field-columns.ts";
import { fieldValues, type FieldValue } from "../cli/field-values.ts";
import { withTable, type TableFile } from "./table-file.ts";

/** What a feed makes of the first records of a file. */
export interface Trial {
  readonly file: string;
  readonly feed: string;
  /** Why the file would not be imported; then there is nothing else. */
  readonly rejection?: Rejection;
  readonly delimiter?: string;
  /** Of the file, blank ones included. */
  readonly records?: number;
  /** What the file as a whole is told. */
  readonly warnings: readonly Warning[];
  readonly shown: readonly TriedRecord[];
  /** Columns of the file that the feed makes nothing of. */
  readonly unread: readonly string[];
  /** Declared columns that the file lacks. */
  readonly absent: readonly string[];
  /** Columns that a service would fill, which is not asked. */
  readonly notAsked: readonly string[];
}

/** What becomes of one record. */
export interface TriedRecord {
  readonly record: number;
  readonly line: number;
  readonly key?: string;
  readonly outcome: "product" | "failed";
  /** The cells of each field, and what becomes of them; nothing where the record could not be read. */
  readonly fields: readonly TriedField[];
  readonly product?: Product;
  readonly errors: readonly RecordError[];
  readonly warnings: readonly RecordWarning[];
}

/** A field with the cells that it is made of, as the file has them. */
export interface TriedField {
  readonly field: string;
  readonly from: readonly { readonly column: string; readonly cell: string }[];
  /** Absent where the record has nothing for it, or what it has cannot be read. */
  readonly value?: string;
}

/** Reads a file as an import would, with as many records as are asked for; blank ones and those left out are passed over. */
export async function tryFile(path: string, feed: Feed, records: number): Promise<Trial> {
  const about = { file: basename(path), feed: feed.name };
  try {
    return { ...about, ...(await tryTable(path, feed, records)) };
  } catch (error) {
    if (!(error instanceof FileRejected)) throw error;
    const rejection = rejectionOf(error, path);
    return { ...about, rejection, warnings: [], shown: [], unread: [], absent: [], notAsked: [] };
  }
}

async function tryTable(path: string, feed: Feed, records: number): Promise<Omit<Trial, "file" | "feed">> {
  const { chunkRecords, chunkBytes, maxRecordBytes, ...config } = readConfig(process.env);
  const limits = { ...config, maxRecords: chunkRecords, maxBytes: chunkBytes };
  return withTable(path, feed, limits, (file) => ({
    delimiter: file.planned.delimiter,
    records: file.planned.records,
    warnings: addWarnings(file.warnings),
    shown: firstRecords(file, feed, { records, maxRecordBytes, name: basename(path) }),
    ...columnsLeft(file, feed),
  }));
}

function columnsLeft({ planned: { header } }: TableFile, feed: Feed): Pick<Trial, "unread" | "absent" | "notAsked"> {
  const read = new Set([...fieldColumns(feed.file).flatMap(({ columns }) => columns), ...otherColumns(feed.file)]);
  const declared = new Set(feed.columns.map(({ name }) => name));
  const own = header.columns.filter(
    (name) => name !== "" && !(header.failedRecords && (bookkeepingColumns as readonly string[]).includes(name)),
  );
  const { columns, patterns } = recogniseHeader(header.cells, feed.headerRules);
  const known = namesIn({ columns, patterns });
  const patternOf = new Map([...patterns].map(([place, pattern]) => [columns[place]!, pattern]));
  const isRead = (name: string): boolean => read.has(name) || read.has(patternOf.get(name) ?? name);
  const kept = (name: string): boolean =>
    feed.unknownColumns === "attributes" && !declared.has(name) && !patternOf.has(name);
  const virtual = feed.columns.filter((column) => column.virtual).map(({ name }) => name);
  return {
    unread: own.filter((name) => !isRead(name) && !kept(name)),
    absent: feed.columns.filter(({ name, virtual }) => !virtual && !known.has(name)).map(({ name }) => name),
    notAsked: virtual,
  };
}

function firstRecords(
  file: TableFile,
  feed: Feed,
  { records, maxRecordBytes, name }: { records: number; maxRecordBytes: number; name: string },
): TriedRecord[] {
  const { planned, table } = file;
  const { header } = planned;
  const { sheet } = table;
  const names = distinctNames(header.columns);
  const { patterns } = recogniseHeader(header.cells, feed.headerRules);
  const shown: TriedRecord[] = [];
  const placeOf = sheet && placesIn(sheet, header.columns);
  for (const chunk of planned.chunks) {
    const { bytes, positions } = file.read(chunk);
    for (let from = 0; from < positions.length && shown.length < records; from += records) {
      const some = positions.slice(from, from + records);
      const start = some[0]!.at[0];
      const end = positions[from + records]?.at[0] ?? chunk.end;
      const piece = bytes.subarray(start - chunk.start, end - chunk.start);
      const rows = parseRecords(piece, rowsOfAll(some), { ...table, offset: start, columns: header.cells.length });
      const options = { maxRecordBytes, sheet, dialect: table, headless: header.fromFeed === true, file: name };
      let next = 0;
      for (const [index, line] of restructure(feed, header.cells, rows, some, options).entries()) {
        const own = rows.slice(next, (next += some[index]!.rows?.length ?? 1));
        const tried = tryRecord(feed, { names, patterns }, own, line);
        if (tried && shown.length < records)
          shown.push(
            placeOf && tried.errors.length > 0
              ? { ...tried, errors: placed([tried.errors[0]!, ...tried.errors.slice(1)], tried.line, placeOf) }
              : tried,
          );
      }
    }
    if (shown.length >= records) break;
  }
  return shown;
}

/** The columns of a file, and by place the pattern that those of several fit. */
interface FileColumns {
  readonly names: readonly string[];
  readonly patterns: ReadonlyMap<number, string>;
}

/** Undefined where the record is blank or left out. */
function tryRecord(
  feed: Feed,
  columns: FileColumns,
  rows: readonly ParsedRecord[],
  line: Line,
): TriedRecord | undefined {
  if (line.kind === "blank" || line.kind === "leftOut") return undefined;
  const mapped = mapping(feed, line);
  const last = validator(feed, mapped);
  const product = mapped.kind === "mapped" ? mapped.product : undefined;
  const aligned = rows.filter((row) => Array.isArray(row) && row.length === columns.names.length) as string[][];
  // Of several rows each column shows the first cell that is filled.
  const cells = columns.names.map((_, place) => aligned.find((row) => row[place] !== "")?.[place] ?? "");
  return {
    record: last.record,
    line: last.line,
    ...("key" in last && { key: last.key }),
    outcome: last.kind === "failed" ? "failed" : "product",
    fields: fieldsOf(feed, columns, cells, product ? fieldValues(product) : []),
    ...(product && { product }),
    errors: last.kind === "failed" ? last.errors : [],
    warnings: last.warnings ?? [],
  };
}

function fieldsOf(
  feed: Feed,
  { names, patterns }: FileColumns,
  cells: readonly string[],
  values: readonly FieldValue[],
): TriedField[] {
  const cellOf = new Map(names.map((name, index) => [name, cells[index] ?? ""]));
  const ofFile = (column: string): readonly string[] =>
    cellOf.has(column) ? [column] : names.filter((_, place) => patterns.get(place) === column);
  const filled = (columns: readonly string[]): TriedField["from"] =>
    columns.flatMap(ofFile).flatMap((column) => {
      const cell = cellOf.get(column) ?? "";
      return cell === "" ? [] : [{ column, cell }];
    });
  const mapped = fieldColumns(feed.file);
  const known = new Set(mapped.map(({ field }) => field));
  const extras = values.filter(({ field }) => {
    const plain = plainField(field);
    return !known.has(plain) && !known.has(plain.replace(/\..*$/, "")) && !known.has(plain.replace(/\.[^.]*$/, ""));
  });
  const kept = extras.map(({ field }) => ({ field, columns: [field.replace(/^attributes\./, "")] }));
  return [...mapped, ...kept].flatMap(({ field, columns }): TriedField[] => {
    const from = filled(columns);
    const own = values.filter((value) => {
      const plain = plainField(value.field);
      return plain === field || plain.startsWith(`${field}.`);
    });
    if (own.length === 0) return from.length === 0 ? [] : [{ field, from }];
    return own.map((value, index) => ({ field: value.field, from: index === 0 ? from : [], value: value.value }));
  });
}

/** A field of a product as the mapping has it: that of any variant, of any locale. */
function plainField(field: string): string {
  return field.replaceAll(/\[\d+\]/g, "").replace(/^translations\.[^.]+\./, "translations.");
}
