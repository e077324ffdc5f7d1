import { createHash } from "node:crypto";
import { usualGuards, type GuardSettings } from "#guards/settings.ts";
import type { HeaderRules } from "#csv/header.ts";
import { compileColumns, findColumn, type Column } from "#feeds/columns.ts";
import type { Catalog } from "#feeds/catalog-settings.ts";
import { InvalidCatalog } from "#catalogs/invalid-catalog.ts";
import { lookupIn } from "#references/lookup.ts";
import { nothingShared, type Shared } from "#feeds/shared.ts";
import { columnsOf, neededColumns } from "#feeds/field-sources.ts";
import { compileKey, type MadeKey } from "#feeds/made-key.ts";
import { SourceCompiler } from "#feeds/source.ts";
import { checkDialect } from "#feeds/dialect.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { InvalidFeed, type NoteFault } from "#feeds/invalid-feed.ts";
import { compileLeaveOut, type LeaveOut } from "#feeds/leave-out.ts";
import { compileMapping, isMapped, type ColumnOf, type ToProduct } from "#feeds/mapping.ts";
import { omitsCells, omitsField, type OmitsCell } from "#feeds/omitted.ts";
import { rowsColumn } from "#feeds/rows-column.ts";
import { schemaFaults } from "#feeds/schema-faults.ts";
import { productKind } from "#kinds/kind.ts";
import { keyForm, type KeyForm } from "#products/key.ts";
import { compileEnrichment, type Enrichment } from "../enrichment/enrichment.ts";
import { productSchema } from "../validators/product-schema.ts";
import type { Rule } from "../validators/rule.ts";
import { compileValidators } from "../validators/table.ts";

/** A feed, compiled: what its file says, ready to be applied to records. */
export interface Feed {
  readonly name: string;
  readonly file: FeedFile;
  /** First 16 hex digits of the SHA-256 of the file's canonical JSON, and of what it takes from its catalog and reference tables. */
  readonly revision: string;
  readonly catalog: string;
  /** The column by which errors call the key: the first that it is made of; "" where it is made of none. */
  readonly key: string;
  /** Set where the key is no declared column, but made of one or several. */
  readonly madeKey: MadeKey | undefined;
  readonly dialect: NonNullable<FeedFile["dialect"]>;
  /** The declared columns in their order, then those that the enrichment adds: the cells of a restructured line. */
  readonly columns: readonly Column[];
  /** Of records of one file with the same key, whether the last one wins or all fail. */
  readonly duplicates: NonNullable<FeedFile["duplicates"]>;
  /** What its keys look like, where the feed says so. */
  readonly keyForm: KeyForm | undefined;
  /** Place of the key among the columns; -1 where it is made of them. */
  readonly keyIndex: number;
  /** What the header of a file must have, and may have where it is held to the declared columns. */
  readonly headerRules: HeaderRules;
  /** Rules by which rows are left out. */
  readonly leaveOut: readonly LeaveOut[];
  readonly unknownColumns: NonNullable<FeedFile["unknownColumns"]>;
  readonly notices: NonNullable<FeedFile["notices"]>;
  /** What an import may do unseen; anything where there are none. */
  readonly guards: GuardSettings | undefined;
  /** Hours without a file after which the feed counts as silent; it never does where there are none. */
  readonly silentAfterHours: number | undefined;
  /** The column whose runs of equal cells are the records, where these are groups of rows; with `starts`, those that start with such a cell. */
  readonly group: string | undefined;
  readonly starts: readonly string[] | undefined;
  readonly enrichment: Enrichment | undefined;
  readonly omitsCell: OmitsCell;
  readonly toProduct: ToProduct;
  readonly columnOf: ColumnOf;
  /** The product schema first, then the feed's validators. */
  readonly rules: readonly Rule[];
}

/**
 * Compiles a feed of that name from the JSON of its file. Throws InvalidFeed with every fault of the file, each by its path:
 * `feeds/bagisto.json: /mapping/price/from: no column "prise" is declared`.
 */
export function compileFeed(name: string, json: unknown, shared: Shared = nothingShared): Feed {
  const faults = schemaFaults(json);
  if (faults.length > 0) throw new InvalidFeed(name, faults);
  const file = json as FeedFile;
  const fault: NoteFault = (path, sentence) => void faults.push(`${path}: ${sentence}`);
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) faults.push("a feed's name has small letters, digits, - and _ only");

  const catalog = catalogOf(file.catalog, shared, fault);
  const tables: string[] = [];
  const lookup = lookupIn((table) => {
    const found = shared.references(table);
    if (found) tables.push(found.digest);
    return found;
  });
  const columns = compileColumns(file, fault);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const key = typeof file.key === "string" ? byName.get(file.key) : undefined;
  const madeKey = compileKey(file, byName, new SourceCompiler(byName, fault, { lookup }), fault);
  if (key && !key.pattern && (key.holds !== "text" || key.virtual))
    fault("/key", `the column "${key.name}" does not hold text of the file`);
  const form = file.keyPattern === undefined ? undefined : keyForm(file.keyPattern);
  if (file.keyPattern !== undefined && !form) fault("/keyPattern", `"${file.keyPattern}" is not a regular expression`);
  checkGroup(file, byName, fault);
  const headerRules = headerRulesOf(file, columns);
  checkDialect(file, headerRules.declared!, headerRules.required, fault);
  const leaveOut = compileLeaveOut(file, byName, fault);
  const { toProduct, columnOf } = compileMapping(file, {
    kind: productKind,
    columns: byName,
    catalog,
    lookup,
    fault,
  });
  const enrichment = file.enrichment && compileEnrichment(file.enrichment, byName, fault);
  const rules = compileValidators(file.validators ?? {}, {
    columnOf,
    isFilled: (field) => isMapped(file.mapping, field) || columnOf(field) !== undefined,
    fault,
  });
  if (faults.length > 0) throw new InvalidFeed(name, faults);

  return {
    name,
    file,
    revision: revisionOf(file, catalog, tables),
    catalog: file.catalog,
    key: columnsOf(file.key)[0] ?? "",
    madeKey,
    duplicates: file.duplicates ?? "last",
    dialect: file.dialect ?? {},
    columns,
    keyForm: form,
    keyIndex: madeKey ? -1 : key!.index,
    headerRules,
    leaveOut,
    unknownColumns: file.unknownColumns ?? "ignore",
    notices: file.notices ?? "always",
    guards: file.guards === "none" ? undefined : { ...usualGuards, ...file.guards },
    silentAfterHours: file.silentAfterHours,
    group: file.rows && rowsColumn(file.rows),
    starts: file.rows?.starts && [file.rows.starts.is].flat(),
    enrichment,
    omitsCell: omitsCells(file),
    toProduct,
    columnOf,
    rules: [productSchema(columnOf, (field) => omitsField(file.mapping, field)), ...rules],
  };
}

function checkGroup({ rows }: FeedFile, columns: ReadonlyMap<string, Column>, fault: NoteFault): void {
  if (!rows) return;
  const path = rows.starts ? "/rows/starts/column" : "/rows/group";
  const column = findColumn(columns, rowsColumn(rows), path, fault);
  if (column?.virtual) fault(path, `the column "${column.name}" is none of the file: the enrichment fills it`);
  if (column?.pattern) fault(path, `"${column.name}" may be several columns of a file: name one of them`);
}

function headerRulesOf(
  { key, rows, columns, unknownColumns, reject }: FeedFile,
  compiled: readonly Column[],
): HeaderRules {
  const declared = compiled.filter(({ virtual }) => !virtual);
  const required = declared.filter(({ required }) => required).map(({ name }) => name);
  return {
    // A key may need a column that is one of a pattern.
    required: [...new Set([...required, ...neededColumns(key), ...(rows ? [rowsColumn(rows)] : [])])],
    declared: declared.map(({ name, pattern }) => ({
      name,
      aliases: columns[name]?.aliases,
      ...(pattern && { pattern }),
    })),
    ...(unknownColumns === "reject" && { only: declared.map(({ name }) => name) }),
    ...(unknownColumns === "attributes" && { keepsUnknown: true }),
    ...(reject && { reject }),
  };
}

function catalogOf(name: string, { catalogs }: Shared, fault: NoteFault): Catalog {
  try {
    return catalogs(name);
  } catch (error) {
    if (!(error instanceof InvalidCatalog)) throw error;
    for (const sentence of error.message.split("\n")) fault("/catalog", sentence);
    return {};
  }
}

function revisionOf(file: FeedFile, catalog: Catalog, tables: readonly string[]): string {
  const shared = { ...catalog, ...(tables.length > 0 && { tables: [...new Set(tables)] }) };
  const hash = createHash("sha256").update(JSON.stringify(file, sortedKeys));
  if (Object.keys(shared).length > 0) hash.update(JSON.stringify(shared, sortedKeys));
  return hash.digest("hex").slice(0, 16);
}

/** Two files that differ in the order of their settings alone are one revision. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
