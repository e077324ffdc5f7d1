import { quote } from "#feeds/bad-cell.ts";
import { failureStatuses, type Correction, type DeadLetter, type HistoryEntry } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import { placeText, rowName } from "#failures/places.ts";
import { quoted } from "#imports/ops-command.ts";
import type { Report } from "#imports/report.ts";
import { reportText } from "../cli/report-text.ts";
import { fieldValues } from "../cli/field-values.ts";
import { shorten, table } from "../cli/table.ts";
import type { CheckedCorrections, RefusedRow } from "./corrections.ts";
import { whyNot, type DryRun } from "./dry-run.ts";
import type { Redriven, Undelivered } from "./events.ts";
import type { CodeCounts, ShownRow, WholeFailure } from "./failures.ts";
import type { StoredProduct } from "#products/product-reader.ts";
import { listedProduct, type ShownProduct } from "./products.ts";
import { shownImport, type Copies, type ShownImport } from "./imports.ts";
import { largestFirst, plain, timeText, type Row } from "../cli/output.ts";
import type { Project } from "./project.ts";
import type { RunEnd } from "./reprocess.ts";
import type { Moved } from "./transitions.ts";

/** The list of imports. */
export const importList = {
  header: ["started", "import", "feed", "file", "status", "records", "failed"],
  row: (entry: ImportEntry): Row => {
    const { startedAt, importId, feed, file, status, records, outcomes } = shownImport(entry);
    return [timeText(startedAt), importId, feed, file.key, status, records ?? "", outcomes?.failed ?? ""];
  },
};

/** One import; `files` where copies of its reports were fetched. */
export function importText(shown: ShownImport, report: Report | undefined, files: Copies | undefined): string {
  const parts = [report ? reportText({ report, files: files ?? {} }) : unfinishedText(shown)];
  const codes = largestFirst(report?.failuresByCode ?? {});
  if (codes.length > 0) parts.push(table(["code", "records"], codes));
  const { rerun, released, discarded, reprocesses } = shown;
  for (const [what, by] of [
    ["Run again", rerun],
    ["Released", released],
    ["Discarded", discarded],
    [`Takes back import ${shown.undoes ?? ""}, asked for`, shown.undo],
  ] as const)
    if (by) parts.push(`${what} ${timeText(by.at)} by ${by.who}: ${by.reason}`);
  if (shown.undoneBy) parts.push(`Taken back by import ${shown.undoneBy}.`);
  if (reprocesses) parts.push(`Its records are failures that ${reprocesses} runs again.`);
  if (report && !files) parts.push(Object.values(report.reports).join("\n"));
  return parts.filter(Boolean).join("\n\n");
}

function unfinishedText({ importId, feed, file, status, startedAt, records }: ShownImport): string {
  const known = records === undefined ? "" : `, ${records.toLocaleString("en")} records`;
  return `${file.key}: ${status}\nImport ${importId} of feed ${feed}, begun ${timeText(startedAt)}${known}`;
}

/** The list of failures. */
export const failureList = {
  header: ["id", "record", "line", "key", "status", "attempts", "code", "column", "message"],
  row: ({ id, recordNumber, line, key, status, attempts, code, errors }: DeadLetter): Row => {
    const { column, message = "", line: wrong = line, cell = wrong } = errors[0] ?? {};
    return [id, recordNumber, cell, key && shorten(key, 24), status, attempts, code, column, message];
  },
};

/** Counts by code, a column a status. */
export function codeCounts(counts: CodeCounts): string {
  return table(["code", ...failureStatuses, "all"], counts.rows());
}

/** One failure whole. */
export function failureText(whole: WholeFailure): string {
  const { id, status, feed, importId, file, record, line, key, attempts, heals, errors, owner } = whole;
  const at = errors.some(({ cell }) => cell) ? placeText({ line, errors }) : `line ${line}`;
  const place = [`record ${record}`, at, ...(key === undefined ? [] : [`key ${key}`])].join(", ");
  const parts = [
    `${id}: ${status}\n${place} of s3://${file.bucket}/${file.key}\nFeed ${feed}, import ${importId}\n` +
      `Attempts: ${attempts}; ${heals ? "time alone may heal it" : "only a change heals it"}` +
      (owner === undefined ? "" : `\nTaken by ${owner}`),
    table(
      ["code", "column", "value", "message"],
      errors.map(({ code, column, value, message }) => [code, column, value && shorten(value, 40), message].map(plain)),
    ),
  ];
  if (!whole.rows) parts.push(...contentText(whole, "The record as the file has it:"));
  // The errors of a workbook have cells.
  const sheet = errors.find(({ cell }) => cell)?.cell;
  for (const row of whole.rows ?? []) {
    const name = row.line === undefined ? "Added row" : rowName(row.line, sheet);
    parts.push(...contentText(row, `${name}, as the file has it:`, `${name}:`));
  }
  parts.push(
    table(
      ["when", "what", "attempt", "import", "by", "detail"],
      whole.history.map((entry) => historyRow(entry, sheet)),
    ),
  );
  parts.push(`What to do:\n${whole.todo.map((sentence) => `- ${sentence}`).join("\n")}`);
  return parts.join("\n\n");
}

/** What stands in a record, or in a row of one: a table of its cells, or its text. */
function contentText({ cells, raw }: ShownRow, rawTitle: string, title?: string): string[] {
  const filled = Object.entries(cells ?? {}).map((row) => row.map(plain));
  return [
    ...(cells ? [[...(title ? [title] : []), table(["column", "cell"], filled)].join("\n")] : []),
    ...(raw === undefined ? [] : [`${rawTitle}\n${plain(raw)}`]),
  ];
}

function historyRow({ at, what, attempt, importId, by, ...about }: HistoryEntry, sheet: string | undefined): Row {
  const { code, message, corrections = [], moreCorrections, outcome, supersededBy } = about;
  const detail = [
    ...(code ? [code] : []),
    ...(message ? [message] : []),
    ...(outcome ? [supersededBy ? `${outcome} by import ${supersededBy}` : outcome] : []),
    ...corrections.map(
      ({ row, column, before, after }) => `${ofRow(row, sheet)}${column}: ${quote(before)} became ${quote(after)}`,
    ),
    ...(moreCorrections ? [`and ${moreCorrections} more cells`] : []),
    ...(by ? [`${by.reason} (${by.filter})`] : []),
  ];
  return [timeText(at), what, attempt, importId, by?.who, detail.join("; ")].map(plain);
}

/** Names the row of a group whose cell was corrected; in a record of one row there is nothing to tell apart. */
function ofRow(row: Correction["row"], sheet: string | undefined): string {
  if (row === undefined) return "";
  return row === "added" ? "Added row: " : `${rowName(row, sheet)}: `;
}

/** What an export wrote, and what comes next. */
export function exportText(file: string, records: number, counts: CodeCounts, command: Project["command"]): string {
  const next =
    "Correct the cells, leave the columns that begin with _ as they are, delete the records that you have not corrected (each run is an attempt), then:\n" +
    command(`reprocess --corrections ${quoted(file)} --reason TEXT`);
  return `${codeCounts(counts)}\n\n${records.toLocaleString("en")} failures written to ${file}. ${next}`;
}

/** What a dry run found. */
export function dryRunText({ wouldRun, wouldNot }: DryRun, checked: CheckedCorrections | undefined): string {
  const parts: string[] = [];
  const would = largestFirst(wouldRun);
  parts.push(would.length > 0 ? `Would run:\n${table(["code", "failures"], would)}` : "Nothing would run.");
  for (const [why, codes = {}] of Object.entries(wouldNot)) {
    // Its rows are told one by one.
    if (why === "refused" && checked) continue;
    parts.push(`Would not run: ${whyNot[why] ?? why}:\n${table(["code", "failures"], largestFirst(codes))}`);
  }
  if (checked) {
    const corrected = checked.wouldRun.filter((one) => one.corrected.length > 0).length;
    parts.push(
      `${corrected.toLocaleString("en")} of the ${checked.wouldRun.length.toLocaleString("en")} rows that would run are corrected.`,
    );
    if (checked.refused.length > 0) parts.push(`Refused:\n${checked.refused.map(refusedText).join("\n")}`);
  }
  return parts.join("\n\n");
}

/** A row of a corrections file that is left alone. */
export function refusedText({ row, code, message }: RefusedRow): string {
  return `Row ${row} was refused (${code}): ${plain(message)}`;
}

/** A question to whoever has corrected what no row of is known. */
export function elsewhereText({ nowhere, ...rows }: CheckedCorrections, deployment: string): string | undefined {
  if (nowhere === 0 || nowhere < rows.wouldRun.length + rows.refused.length) return undefined;
  return `No row of the file names a failure: is ${deployment} the right environment?`;
}

/** How many of the failures that a run could not close are shown one by one. */
export const failuresShown = 50;

/** What became of a run. */
export function runText(
  { runId, status, counts, imports }: RunEnd,
  again: readonly DeadLetter[],
  command: Project["command"],
): string {
  const { selected, resolved, failedAgain, parked, released, skipped } = counts;
  const rows: Row[] = [
    ["selected", selected],
    ["resolved", resolved],
    ["failed again", failedAgain],
    ["parked", parked],
    ...(released > 0 ? [["put back", released]] : []),
    ...Object.entries(skipped).map(([why, number]) => [`skipped: ${whyNot[why] ?? why}`, number]),
  ];
  const parts = [`Run ${runId}: ${status}`, table(["what became of them", "failures"], rows)];
  if (imports.length > 0) {
    const made = imports.map(({ feed, importId, status: ended }) => [feed, importId, ended]);
    parts.push(table(["feed", "import", "status"], made));
  }
  if (again.length > 0) {
    const list = again.map((letter) => failureList.row(letter).map(plain));
    parts.push(`Not closed:\n${table(failureList.header, list)}`);
    if (again.length === failuresShown) parts.push(`"${command("failures --status OPEN")}" lists all.`);
  }
  return parts.join("\n\n");
}

/** What became of failures that were parked or reopened. */
export function movedText(moved: readonly Moved[]): string {
  return table(
    ["id", "status", "message"],
    moved.map(({ id, status, message }) => [plain(id), status, message]),
  );
}

/** The list of products. */
export const productList = {
  header: ["key", "name", "price", "since", "import", "record"],
  row: (stored: StoredProduct): Row => {
    const { key, name, price, currency, eventTime, importId, record } = listedProduct(stored);
    const money = price === undefined ? undefined : `${price} ${currency ?? ""}`.trimEnd();
    return [key, name && shorten(name, 60), money, timeText(eventTime), importId, record];
  },
};

// A longer cell would make a table of one cell; --json has it whole.
const longestField = 300;

/** One product, field by field, with what wrote it. */
export function productText(shown: ShownProduct): string {
  const { catalog, key, product, outcome, importId, file, record, line, place, sourceVersion, ageOf } = shown;
  const at = place ?? (line === undefined ? undefined : `line ${line}`);
  const version = file?.versionId === undefined ? "" : `, version ${file.versionId}`;
  const of = shown.import
    ? `Import ${importId} of feed ${shown.import.feed}, begun ${timeText(shown.import.startedAt)}, made it ${outcome}`
    : `Import ${importId}, of which nothing is known any more, made it ${outcome}`;
  const head = [
    `${plain(key)} in catalog ${catalog}`,
    `Written by record ${record}${at === undefined ? "" : ` (${plain(at)})`}${file ? ` of ${plain(file.address)}${version}` : ""}`,
    of,
    ...(ageOf
      ? [`As old as record ${ageOf.record} of import ${ageOf.importId}, which came ${timeText(ageOf.eventTime)}`]
      : []),
    `Source version ${sourceVersion}`,
  ];
  const rows = fieldValues(product).map(({ field, value }) => [field, shorten(value, longestField)].map(plain));
  return `${head.join("\n")}\n\n${table(["field", "value"], rows)}`;
}

const about = ({ time = "", about: what, errorCode }: Omit<Undelivered, "receipt" | "event">): string[] => [
  time,
  what,
  // Delivered twice: what was started first goes on.
  errorCode === "RESOURCE_ALREADY_EXISTS" ? `${errorCode} (harmless: it runs already)` : errorCode,
];

/** The list of events that wait. */
export const waitingList = {
  header: ["event", "about", "error", "attempts", "message"],
  row: (one: Undelivered): Row => [...about(one), one.attempts, shorten(one.errorMessage, 120)],
};

/** The list of events that were put back in. */
export const redrivenList = {
  header: ["event", "about", "error", "what became of it", "execution"],
  row: (one: Redriven): Row => [...about(one), one.message, one.execution],
};
