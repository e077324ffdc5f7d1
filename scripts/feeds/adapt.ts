import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { namesIn, recogniseHeader } from "#csv/header.ts";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import { neededColumns } from "#feeds/field-sources.ts";
import { quoteAll } from "#feeds/bad-cell.ts";
import { InvalidFeed } from "#feeds/invalid-feed.ts";
import { sharedIn } from "#feeds/load.ts";
import type { Shared } from "#feeds/shared.ts";
import { CannotDo } from "../cli/endings.ts";
import { Draft, type DraftFeed } from "./draft.ts";
import { usableProfiles } from "./draft-of-sample.ts";
import type { Sample } from "./sample.ts";

/** Fits a feed to a file: its catalog, without the columns that the file lacks, and with those that it has beyond. */
export function adaptFeed(from: string, folder: string, sample: Sample, catalog: string | undefined): Draft {
  const feed = readFeedFile(from, folder);
  const shared = sharedIn(dirname(folder));
  const compiled = compileFeed(from, structuredClone(feed), shared);
  const draft = new Draft({ ...feed, ...(catalog !== undefined && { catalog }) });
  if (catalog === undefined)
    draft.doubt(
      `No catalog was named: "${feed.catalog}" of the feed ${from} was kept; feeds share products exactly if they share a catalog.`,
    );
  if (Object.keys(sample.declare).length > 0) draft.feed.dialect = { ...feed.dialect, ...sample.declare };
  const header = recogniseHeader(sample.names, compiled.headerRules);
  const known = [...namesIn(header)];
  checkFits(from, compiled, known);
  leaveOutAbsent(draft, compiled, known, shared);
  addNew(
    draft,
    sample,
    header.columns.map((name, place) => header.patterns.get(place) ?? name),
  );
  return draft;
}

function readFeedFile(name: string, folder: string): DraftFeed {
  const path = name.endsWith(".json") ? name : join(folder, `${name}.json`);
  if (!existsSync(path)) throw new CannotDo(`There is no feed "${name}" to begin with: name one of ${folder}.`);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as DraftFeed;
  } catch (error) {
    throw new InvalidFeed(name, [`the file is not JSON: ${(error as Error).message}`]);
  }
}

function checkFits(from: string, { file, headerRules }: Feed, columns: readonly string[]): void {
  const key = neededColumns(file.key).find((name) => !columns.includes(name));
  if (key === undefined) return;
  const some = (headerRules.declared ?? []).filter(({ name }) => columns.includes(name)).length;
  throw new CannotDo(
    `The file lacks the column "${key}", the key of the feed ${from}, and has ${some} of its ${headerRules.declared?.length ?? 0} columns: it is no file of that kind; leave --from out.`,
  );
}

function leaveOutAbsent(draft: Draft, compiled: Feed, columns: readonly string[], shared: Shared): void {
  const absent = compiled.columns
    .filter(({ name, virtual }) => !virtual && !columns.includes(name))
    .map(({ name }) => name);
  if (absent.length === 0) return;
  const without = structuredClone(draft.feed);
  const gone = new Set(absent);
  without.columns = Object.fromEntries(Object.entries(without.columns).filter(([name]) => !gone.has(name)));
  without.mapping = (withoutColumns(without.mapping, gone) ?? {}) as DraftFeed["mapping"];
  const told = `The file lacks ${absent.length === 1 ? "the column" : "the columns"} ${quoteAll(absent)} of the feed`;
  try {
    compileFeed("suggested", structuredClone(without), shared);
    Object.assign(draft.feed, without);
    draft.doubt(`${told}: what they fill was left out; a file that has them later is told nothing of it.`);
  } catch (error) {
    if (!(error instanceof InvalidFeed)) throw error;
    for (const name of absent) delete draft.feed.columns[name]?.required;
    draft.doubt(`${told}: they stay declared, and each import will tell that they are absent.`);
  }
}

/** A source without the columns that are gone; undefined where nothing is left of it. */
function withoutColumns(source: unknown, gone: ReadonlySet<string>): unknown {
  if (typeof source === "string") return gone.has(source) ? undefined : source;
  if (Array.isArray(source)) {
    const left = source.map((one) => withoutColumns(one, gone)).filter((one) => one !== undefined);
    return left.length > 0 || source.length === 0 ? left : undefined;
  }
  if (source === null || typeof source !== "object") return source;
  const origins = ["from", "join", "firstOf", "names", "values", "pairs", "columns", "lookup", "sku"];
  const left: Record<string, unknown> = {};
  for (const [setting, value] of Object.entries(source as Record<string, unknown>)) {
    const isText = ["constant", "words", "with", "split", "otherwise", "default", "currency", "unit"].includes(setting);
    const kept = isText ? value : withoutColumns(value, gone);
    if (kept !== undefined) left[setting] = kept;
    else if (origins.includes(setting)) return undefined;
  }
  return Object.keys(left).length > 0 ? left : undefined;
}

function addNew(draft: Draft, sample: Sample, columns: readonly string[]): void {
  if (draft.feed.unknownColumns === "attributes") return;
  const known = new Set(Object.keys(draft.feed.columns));
  const fresh = usableProfiles(sample, draft).filter(({ index }) => !known.has(columns[index]!));
  for (const { name, padded, html } of fresh) {
    draft.column(name, html ? ["stripHtml", "trim"] : padded ? ["trim"] : []);
    draft.attribute(name, name);
  }
  if (fresh.length > 0)
    draft.doubt(
      `The feed does not know ${fresh.length === 1 ? "the column" : "the columns"} ${quoteAll(fresh.map(({ name }) => name))}: each became an attribute of its name.`,
    );
}
