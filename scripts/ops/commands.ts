import { basename } from "node:path";
import { failureStatuses, type DeadLetter } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import { ofImport } from "#reprocessing/select.ts";
import type { ReprocessRequest } from "#reprocessing/flow.ts";
import { filterOf, importStatuses, statusOf, type Arguments, type CommandName } from "./arguments.ts";
import { checkCorrections, openCorrections, type CheckedCorrections } from "./corrections.ts";
import { count, dryRun, type DryRun } from "./dry-run.ts";
import { exitCodes, type ExitCode } from "../cli/endings.ts";
import { letGo, queueUrl, redrive, waiting, type Redriven, type Undelivered } from "./events.ts";
import { exportFailures } from "./export.ts";
import { CodeCounts, failureOf, failuresOf, shownFailure, wholeFailure } from "./failures.ts";
import { listedFeeds } from "./feeds.ts";
import { fetchReports, importOf, importsOf, readReport, shownImport } from "./imports.ts";
import type { Output } from "../cli/output.ts";
import { listedProduct, productOf, productsOf } from "./products.ts";
import type { Project } from "./project.ts";
import { preview } from "./preview.ts";
import { newRunId, reprocess, uploadCorrections, type RunEnd } from "./reprocess.ts";
import { restart, type Wish } from "./restart.ts";
import { undo } from "./undo.ts";
import * as texts from "./texts.ts";
import { move, type Moved } from "./transitions.ts";

/** Does a command and gives its exit code. */
export type Run = (project: Project, args: Pick<Arguments, "ids" | "values">, out: Output) => Promise<ExitCode>;

/** What each command does, once a deployment is reached. */
export const runs: Readonly<Record<CommandName, Run>> = {
  imports: async (project, { values }, out) => {
    const { since } = filterOf(values);
    const status = statusOf(values.status, importStatuses);
    const { imports, feeds, s3, names } = project;
    const listed = values.feed === undefined ? await listedFeeds(feeds, s3, names.inboxBucket) : [values.feed];
    const found = await out.list(importsOf(imports, listed, { status, since }), {
      value: shownImport,
      ...texts.importList,
    });
    return foundOr(out, found, "No import fits.");
  },

  "imports show": async (project, { ids: [id = ""], values }, out) => {
    const { s3 } = project;
    const entry = await importOf(project, id);
    const report = await readReport(s3, entry);
    const files = values.out !== undefined && report ? await fetchReports(s3, entry, values.out) : undefined;
    const shown = {
      ...shownImport(entry),
      ...(report && { failures: report.failures, ...(report.outlook && { outlook: report.outlook }) }),
      ...(files && { files }),
    };
    out.answer(shown, () => texts.importText(shown, report, files));
    if (values.out !== undefined && !files) out.note(`The import is ${entry.status} and has no report yet.`);
    return exitCodes.done;
  },

  "imports rerun": (project, args, out) => restarted(project, "rerun", args, out),
  "imports release": (project, args, out) => restarted(project, "release", args, out),
  "imports discard": (project, args, out) => restarted(project, "discard", args, out),

  "imports undo": async (project, { ids: [id = ""], values }, out) => {
    const entry = await importOf(project, id);
    const how = { reason: values.reason!, dryRun: values["dry-run"] ?? false };
    const end = await out.following(id, (progress) => undo(project, entry, how, progress));
    await showImport(project, end, out);
    return end.status === "FAILED" ? exitCodes.failed : exitCodes.done;
  },

  preview: async (project, { ids: [file = ""], values }, out) => {
    const { feed = "" } = values;
    const entry = await out.following(basename(file), (progress) => preview(project, file, feed, progress));
    await showImport(project, entry, out);
    return entry.status === "PREVIEWED" ? exitCodes.done : exitCodes.failed;
  },

  failures: async (project, { values }, out) => {
    const counts = new CodeCounts();
    const listed = failuresOf(project, filterOf(values), statusOf(values.status, failureStatuses));
    const found = await out.list(listed, { value: shownFailure, ...texts.failureList, seen: counts.add });
    if (found > 0) out.text(texts.codeCounts(counts));
    return foundOr(out, found, noFailure(project, values));
  },

  "failures show": async (project, { ids: [id = ""] }, out) => {
    const whole = await wholeFailure(project, await failureOf(project, id));
    out.answer(whole, () => texts.failureText(whole));
    return exitCodes.done;
  },

  "failures export": async (project, { values }, out) => {
    const file = values.out!;
    const counts = new CodeCounts();
    const listed = failuresOf(project, filterOf(values), statusOf(values.status ?? "OPEN", failureStatuses));
    const records = await exportFailures(project, noted(listed, counts.add), file);
    if (records === 0) return foundOr(out, 0, noFailure(project, values));
    const codes = Object.fromEntries(counts.rows().map(([code, ...all]) => [code, all.at(-1)!]));
    out.answer({ file, records, codes }, () => texts.exportText(file, records, counts, project.command));
    return exitCodes.done;
  },

  reprocess: async (project, { values }, out) => {
    const filter = filterOf(values);
    const corrections = values.corrections === undefined ? undefined : openCorrections(values.corrections);
    const checked = corrections && (await checkCorrections(project, corrections));
    const includeFinal = values["include-final"] ?? false;
    const elsewhere = checked && texts.elsewhereText(checked, project.names.deployment);
    if (values["dry-run"]) {
      const would = checked ? dryRunOf(checked) : await dryRun(project, { filter, includeFinal });
      out.answer({ dryRun: true, ...would, ...(checked && { refused: checked.refused }) }, () =>
        texts.dryRunText(would, checked),
      );
      if (elsewhere) out.note(elsewhere);
      const matched = Object.keys(would.wouldRun).length + Object.keys(would.wouldNot).length > 0;
      return foundOr(out, matched ? 1 : 0, noFailure(project, values));
    }
    if (checked) for (const row of checked.refused) out.note(texts.refusedText(row));
    if (elsewhere) out.note(elsewhere);
    if (checked?.wouldRun.length === 0) return foundOr(out, 0, "No row of the file can run; nothing was started.");

    const runId = newRunId();
    const request: ReprocessRequest = {
      ...{ who: project.who, reason: values.reason! },
      ...(corrections ? { corrections: await uploadCorrections(project, runId, corrections.bytes) } : { filter }),
      ...(includeFinal && { includeFinal }),
    };
    const end = await out.following(runId, (progress) => reprocess(project, runId, request, progress));
    return told(project, end, checked?.refused, out);
  },

  park: (project, args, out) => moveAll(project, "park", args, out),
  reopen: (project, args, out) => moveAll(project, "reopen", args, out),

  "products show": async (project, { ids: [catalog = "", key = ""] }, out) => {
    const shown = await productOf(project, catalog, key);
    out.answer(shown, () => texts.productText(shown));
    return exitCodes.done;
  },

  "products list": async (project, { ids: [catalog = ""], values }, out) => {
    const { since } = filterOf(values);
    const found = await out.list(productsOf(project, catalog, since), { value: listedProduct, ...texts.productList });
    return foundOr(
      out,
      found,
      since === undefined ? `Catalog ${catalog} has no product.` : `Catalog ${catalog} has no product since then.`,
    );
  },

  events: async ({ sqs, stepFunctions, names }, { values }, out) => {
    if (!sqs) {
      out.answer([], () => "Nothing waits: the engine has no queue, it starts executions itself.");
      return exitCodes.nothing;
    }
    const url = await queueUrl(sqs, names.undeliveredQueue);
    if (!values.redrive) return listWaiting(sqs, url, out);
    let left = 0;
    const all = redrive(sqs, stepFunctions, url, names);
    const seen = ({ done }: Redriven) => void (left += done ? 0 : 1);
    const found = await out.list(all, { value: (one) => one, ...texts.redrivenList, seen });
    return left > 0 ? exitCodes.failed : foundOr(out, found, noEvent);
  },
};

/** Does to an import what a person wants, and shows what became of it. */
async function restarted(
  project: Project,
  wish: Wish,
  { ids: [id = ""], values }: Pick<Arguments, "ids" | "values">,
  out: Output,
): Promise<ExitCode> {
  const entry = await importOf(project, id);
  const again = await out.following(id, (progress) => restart(project, entry, wish, values.reason!, progress));
  await showImport(project, again, out);
  const wanted = wish === "discard" ? again.status === "REJECTED" : !["REJECTED", "FAILED"].includes(again.status);
  return wanted ? exitCodes.done : exitCodes.failed;
}

async function showImport({ s3 }: Project, entry: ImportEntry, out: Output): Promise<void> {
  const report = await readReport(s3, entry);
  const { failures, outlook } = report ?? {};
  const shown = { ...shownImport(entry), ...(failures && { failures }), ...(outlook && { outlook }) };
  out.answer(shown, () => texts.importText(shown, report, undefined));
}

const noEvent = "Nothing waits: every event was delivered.";

/** Shows what waits, and leaves it waiting. */
async function listWaiting(sqs: NonNullable<Project["sqs"]>, url: string, out: Output): Promise<ExitCode> {
  const held: Undelivered[] = [];
  try {
    const value = ({ receipt: _ours, ...shown }: Undelivered) => shown;
    const seen = (one: Undelivered) => void held.push(one);
    const found = await out.list(waiting(sqs, url), { value, ...texts.waitingList, seen });
    return foundOr(out, found, noEvent);
  } finally {
    await letGo(sqs, url, held);
  }
}

/** Parks or reopens what is named, one after the other; one that cannot be does not stop the others. */
async function moveAll(
  project: Project,
  how: "park" | "reopen",
  { ids, values }: Pick<Arguments, "ids" | "values">,
  out: Output,
): Promise<ExitCode> {
  const moved: Moved[] = [];
  for (const id of new Set(ids)) {
    const by = { who: project.who, reason: values.reason! };
    moved.push(await move(project, how, id, by));
  }
  out.answer(moved, () => texts.movedText(moved));
  if (moved.every(({ done }) => done)) return exitCodes.done;
  return moved.every(({ status }) => status === undefined) ? exitCodes.nothing : exitCodes.failed;
}

/** Says what became of a run, with what failed again in it. */
async function told(
  { failures, imports, command }: Project,
  end: RunEnd,
  refused: CheckedCorrections["refused"] | undefined,
  out: Output,
): Promise<ExitCode> {
  const { runId, status, counts, imports: made } = end;
  const { skipped: skippedWhy, ...rest } = counts;
  const skipped = Object.values(skippedWhy).reduce((sum, one) => sum + one, 0);
  const again: DeadLetter[] = [];
  if (!out.json)
    for (const { importId } of made)
      for await (const letter of ofImport(failures, imports, importId)) {
        if (again.length < texts.failuresShown && letter.status !== "RESOLVED") again.push(letter);
      }
  const answer = { runId, status, ...rest, skipped, skippedWhy, ...(refused && { refused }), imports: made };
  out.answer(answer, () => texts.runText(end, again, command));
  if (status === "FAILED") return exitCodes.failed;
  const ran = counts.resolved + counts.failedAgain + counts.parked + counts.released;
  return ran > 0 ? exitCodes.done : exitCodes.nothing;
}

function dryRunOf({ wouldRun, refused }: CheckedCorrections): DryRun {
  const would: Record<string, number> = {};
  for (const { letter } of wouldRun) count(would, letter);
  const not: Record<string, number> = {};
  for (const row of refused) count(not, row as Pick<DeadLetter, "code">);
  return { wouldRun: would, wouldNot: refused.length > 0 ? { refused: not } : {} };
}

async function* noted<T>(items: AsyncIterable<T>, seen: (item: T) => void): AsyncGenerator<T> {
  for await (const item of items) {
    seen(item);
    yield item;
  }
}

function noFailure({ feeds }: Project, { feed }: Arguments["values"]): string {
  if (feed === undefined || feeds.has(feed)) return "No failure fits.";
  return `No failure fits. ${feed} is no feed of this checkout; there are ${[...feeds.keys()].join(", ")}.`;
}

function foundOr(out: Output, found: number, otherwise: string): ExitCode {
  if (found > 0) return exitCodes.done;
  out.note(otherwise);
  return exitCodes.nothing;
}
