import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidCatalog } from "#catalogs/invalid-catalog.ts";
import type { Catalog } from "#feeds/catalog-settings.ts";
import { faultsOf } from "#feeds/schema-faults.ts";
import { isCurrency } from "#feeds/money.ts";
import validate from "#validators/catalog.js";

/** Gives what is said of a catalog; nothing where it has no file. Throws InvalidCatalog. */
export type Catalogs = (name: string) => Catalog;

/** The catalogs of a folder, each read when it is first asked for. */
export function catalogsIn(folder: string): Catalogs {
  const known = new Map<string, Catalog>();
  return (name) => {
    const catalog = known.get(name) ?? readCatalog(folder, name);
    known.set(name, catalog);
    return catalog;
  };
}

/** The names of the catalogs that have a file. */
export function catalogNames(folder: string): string[] {
  return filesOf(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function readCatalog(folder: string, name: string): Catalog {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  } catch (error) {
    if (isAbsent(error)) return {};
    if (error instanceof SyntaxError) throw new InvalidCatalog(name, [`the file is not JSON: ${error.message}`]);
    throw error;
  }
  const faults = faultsOf(validate, json);
  const { locale, currency } = (faults.length > 0 ? {} : json) as Catalog;
  if (currency !== undefined && !isCurrency(currency))
    faults.push(`/currency: "${currency}" is not a currency of ISO 4217`);
  if (faults.length > 0) throw new InvalidCatalog(name, faults);
  return { ...(locale !== undefined && { locale }), ...(currency !== undefined && { currency }) };
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
