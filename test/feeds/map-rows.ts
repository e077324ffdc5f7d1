import { compileFeed } from "#feeds/compile.ts";
import type { FeedFile, MappingSettings } from "#feeds/feed.ts";
import { InvalidFeed } from "#feeds/invalid-feed.ts";
import type { Product } from "#products/product.ts";
import type { Cell } from "#records/line.ts";
import { Notes } from "#records/notes.ts";

/** The cells of a row by the declared column; those of a pattern's columns by the file's own names. */
export type TestRow = Readonly<Record<string, Cell | Readonly<Record<string, string>>>>;

/** What a mapping makes of one record. */
export interface Mapped {
  readonly product: Omit<Product, "sku">;
  /** Each as "CODE message", with the line in front where it names one. */
  readonly errors: readonly string[];
  /** Each as "CODE value". */
  readonly warnings: readonly string[];
}

function feedOf(mapping: MappingSettings, columns: readonly string[], parts: Partial<FeedFile>): FeedFile {
  const declared = Object.fromEntries(columns.map((name) => [name, {}]));
  return { catalog: "small", key: "id", mapping, ...parts, columns: { id: {}, ...declared, ...parts.columns } };
}

/** Maps one record, whose rows stand on lines 2, 3, …; every column that a row has is declared. */
export function mapRows(mapping: MappingSettings, rows: readonly TestRow[], parts: Partial<FeedFile> = {}): Mapped {
  const names = [...new Set([...Object.keys(parts.columns ?? {}), ...rows.flatMap((row) => Object.keys(row))])];
  const feed = compileFeed("small", feedOf(mapping, names, parts));
  const [first, ...more] = rows.map((row, at) => ({
    line: at + 2,
    cells: feed.columns.map(({ name }) => (name === "id" ? "7" : ((row[name] as Cell | undefined) ?? null))),
  }));
  const notes = new Notes();
  const { sku: _sku, ...product } = feed.toProduct("7", { ...first!, ...(more.length > 0 && { more }) }, notes);
  return {
    product,
    errors: notes.errors.map(({ line, code, message }) => `${line === undefined ? "" : `${line}: `}${code} ${message}`),
    warnings: (notes.warnings ?? []).map(({ code, value }) => `${code} ${value ?? ""}`),
  };
}

/** What is wrong with a feed of such a mapping. */
export function faultsOf(
  mapping: MappingSettings,
  columns: readonly string[],
  parts: Partial<FeedFile> = {},
): readonly string[] {
  try {
    compileFeed("small", feedOf(mapping, columns, parts));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidFeed)) throw error;
    return error.faults;
  }
}
