import { relative } from "node:path";
import { outcomes } from "#records/line.ts";
import { exampleText } from "#warnings/example-text.ts";
import type { Imported } from "./import-file.ts";
import { outlookText } from "./outlook-text.ts";
import { shorten, table } from "./table.ts";

/** A report for people: what became of the records, each failure with its place, and where the files lie. */
export function reportText({ report, files }: Imported): string {
  const { rejection, failures, records, rows } = report;
  const seconds = report.seconds.toFixed(1);
  const parts = [
    `${report.file.key}: ${report.status}${report.balanced ? "" : ", NOT BALANCED"}\nImport ${report.importId} of feed ${report.feed}: ` +
      `${records.toLocaleString("en")} records${rows === records ? "" : ` of ${rows.toLocaleString("en")} rows`} in ${seconds} s (${report.recordsPerSecond.toLocaleString("en")} a second)`,
  ];
  if (rejection) {
    const line = rejection.line === undefined ? "" : ` (line ${rejection.line})`;
    parts.push(`Rejected as ${rejection.code}${line}: ${rejection.message}`);
  }
  if (report.error) parts.push(`The import failed: ${report.error}`);
  if (records > 0) {
    const counted = outcomes.map((outcome): [string, number] => [outcome, report.outcomes[outcome]]);
    parts.push(
      table(
        ["outcome", "records"],
        counted.filter(([, count]) => count > 0),
      ),
    );
  }
  if (report.outlook) parts.push(...outlookText(report.outlook));
  if (report.leftAlone && report.leftAlone.length > 0) {
    const rows = report.leftAlone.map(({ key, by = "" }) => [shorten(key, 40), by]);
    parts.push(table(["left alone, for it was written since", "by import"], rows));
  }
  if (report.warnings.length > 0) {
    const rows = report.warnings.flatMap(({ code, count, message, examples }): (string | number)[][] => [
      [code, count, message],
      ...examples.map((example) => ["", "", `e.g. ${exampleText(example)}`]),
    ]);
    parts.push(table(["warning", "count", "message"], rows));
  }
  if (failures.length > 0) {
    const header = [
      "record",
      failures.some(({ cell }) => cell) ? "cell" : "line",
      "key",
      "column",
      "value",
      "code",
      "message",
    ];
    const rows = failures.map(({ record, line, cell, key, column, value, code, message }) => [
      ...[record, cell ?? line, key && shorten(key, 24), column, value && shorten(value, 32), code, message],
    ]);
    parts.push(table(header, rows));
    const { failed } = report.outlook?.outcomes ?? report.outcomes;
    const [what, all] = report.outlook ? ["would fail", "CSV of these"] : ["failed", "failed-records CSV"];
    if (failed > new Set(failures.map(({ record }) => record)).size)
      parts.push(`${failed.toLocaleString("en")} records ${what}; the ${all} has them all.`);
  }
  const named = {
    ...{ report: "Report", page: "To read", failedRecords: "Failed records" },
    ...{ changes: "What would change", wouldFail: "What would fail" },
  } as const;
  const lie = Object.entries(named).flatMap(([file, name]) => {
    const path = files[file as keyof typeof named];
    return path === undefined ? [] : [`${`${name}:`.padEnd(19)}${shown(path)}`];
  });
  return [...parts, lie.join("\n")].join("\n\n");
}

/** As short as it can be written in a shell that stands where this one does. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : near;
}
