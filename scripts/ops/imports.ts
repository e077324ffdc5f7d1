import { createWriteStream, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectRef } from "#imports/flow.ts";
import type { FinishedEntry, ImportEntry, ImportStatus } from "#imports/import-entry.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { reportOf, type Report } from "#imports/report.ts";
import { NothingMatched } from "../cli/endings.ts";
import type { Project } from "./project.ts";

/** An import as the commands give it: its report as far as there is one yet, without the single failures. */
export type ShownImport = Pick<Report, "importId" | "feed" | "file" | "startedAt"> &
  Partial<Omit<Report, "status">> &
  Pick<ImportEntry, "rerun" | "released" | "discarded" | "undo" | "undoes" | "undoneBy"> & {
    readonly status: ImportStatus;
    /** The run, or the file, that claimed the failures in it. */
    readonly reprocesses?: string;
  };

/** An import's entry as it is shown. */
export function shownImport(entry: ImportEntry): ShownImport {
  const { importId, feed, file, startedAt, status, records, rerun, released, discarded, claimant } = entry;
  const by = { ...(rerun && { rerun }), ...(released && { released }), ...(discarded && { discarded }) };
  const { undo, undoes, undoneBy } = entry;
  const undone = { ...(undo && { undo }), ...(undoes && { undoes }), ...(undoneBy && { undoneBy }) };
  const more = { ...by, ...undone, ...(claimant && { reprocesses: claimant.id }) };
  if (isFinished(entry)) {
    const { failures: _many, ...report } = reportOf(entry, records ?? 0, entry, []);
    return { ...report, ...more };
  }
  const { bucket, key, versionId, bytes } = file;
  const ref = { bucket, key, ...(versionId && { versionId }), bytes };
  return { importId, feed, file: ref, status, startedAt, ...(records !== undefined && { records }), ...more };
}

/** The imports of some feeds, newest first over all of them, read page by page. */
export async function* importsOf(
  imports: ImportsTable,
  feeds: readonly string[],
  { status, since }: { readonly status?: ImportStatus | undefined; readonly since?: string | undefined },
): AsyncGenerator<ImportEntry> {
  const lists = feeds.map((feed) => imports.ofFeed(feed, since));
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (;;) {
    let newest: { index: number; entry: ImportEntry } | undefined;
    heads.forEach((head, index) => {
      if (!head.done && (!newest || head.value.startedAt > newest.entry.startedAt))
        newest = { index, entry: head.value };
    });
    if (!newest) return;
    const { index, entry } = newest;
    heads[index] = await lists[index]!.next();
    if (status === undefined || entry.status === status) yield entry;
  }
}

/** The import of that id. Throws NothingMatched. */
export async function importOf({ imports, command }: Project, importId: string): Promise<ImportEntry> {
  const entry = /^[0-9a-f]{32}$/.test(importId) ? await imports.get(importId) : undefined;
  if (entry) return entry;
  throw new NothingMatched(`There is no import ${importId}: "${command("imports")}" lists those that there are.`);
}

/** The report of an import that is over; undefined while it is not. */
export async function readReport(s3: S3Client, entry: ImportEntry): Promise<Report | undefined> {
  if (!isFinished(entry)) return undefined;
  const { bucket, key } = entry.reports.report;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? "") as Report;
}

/** Where copies of a report's files lie on this machine. */
export type Copies = Readonly<Partial<Record<keyof Report["reports"], string | undefined>>>;

/** Copies what an import has reported into a folder. */
export async function fetchReports(s3: S3Client, { reports }: ImportEntry, folder: string): Promise<Copies> {
  mkdirSync(folder, { recursive: true });
  const fetch = async (from: ObjectRef): Promise<string> => {
    const path = join(folder, basename(from.key));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: from.bucket, Key: from.key }));
    await pipeline(Body as Readable, createWriteStream(path));
    return path;
  };
  const copies: Partial<Record<keyof Report["reports"], string>> = {};
  for (const [name, ref] of Object.entries(reports ?? {}) as [keyof Report["reports"], ObjectRef][])
    copies[name] = await fetch(ref);
  return copies;
}

function isFinished(entry: ImportEntry): entry is ImportEntry & FinishedEntry {
  return entry.status !== "RUNNING" && entry.reports !== undefined;
}
