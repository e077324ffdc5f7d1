import type { LeftAlone, Report } from "#imports/report.ts";
import type { Outlook } from "#outlook/outlook.ts";
import { visible } from "#feeds/visible.ts";
import { exampleText } from "#warnings/example-text.ts";

/** The report as an HTML page that stands alone: no scripts, nothing loaded, every cell escaped. */
export function reportPage(report: Report): string {
  const title = `${report.status} – ${report.file.key}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1b1f24; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 1rem 0 2rem; }
th, td { border-bottom: 1px solid #d0d7de; padding: 0.3rem 0.8rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th, td.code { white-space: nowrap; }
td.lines { white-space: pre-line; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.status { display: inline-block; padding: 0.1rem 0.6rem; border-radius: 1rem; color: #fff; background: ${colours[report.status]}; }
</style>
</head>
<body>
<h1>${escape(visible(report.file.key))}</h1>
<p><span class="status">${report.status}</span></p>
${report.rejection ? `<p><strong>${escape(report.rejection.code)}</strong> ${escape(report.rejection.message)}</p>` : ""}
${report.error ? `<p><strong>Error</strong> ${escape(report.error)}</p>` : ""}
${report.outlook ? heldBy(report.outlook) : ""}
${table(["", ""], facts(report))}
${report.outlook ? outlook(report.outlook) : ""}
<h2>Outcomes</h2>
${table(
  ["Outcome", "Records"],
  Object.entries(report.outcomes).map(([outcome, count]) => [outcome, count]),
)}
${Object.keys(report.changedFields).length > 0 ? changedFields(report) : ""}
${report.leftAlone && report.leftAlone.length > 0 ? leftAlone(report.leftAlone) : ""}
${report.warnings.length > 0 ? warnings(report) : ""}
${report.failures.length > 0 ? failures(report) : ""}
</body>
</html>
`;
}

const colours: Readonly<Record<Report["status"], string>> = {
  COMPLETED: "#1a7f37",
  COMPLETED_WITH_FAILURES: "#9a6700",
  REJECTED: "#cf222e",
  HELD: "#8250df",
  PREVIEWED: "#0969da",
  FAILED: "#cf222e",
};

function facts(report: Report): [string, string | number][] {
  return [
    ["Feed", report.feed],
    ["Import", report.importId],
    ["Version", report.file.versionId ?? "not versioned"],
    ["Bytes", report.file.bytes],
    ["Records", report.records],
    ...(report.rows === report.records ? [] : [["Rows", report.rows] as [string, number]]),
    ["Balanced", report.balanced ? "yes" : "no"],
    ["Started", report.startedAt],
    ["Finished", `${report.finishedAt} (${report.seconds} s)`],
    ...(report.reports.changes ? [["What would change", report.reports.changes] as [string, string]] : []),
    ...(report.reports.wouldFail ? [["What would fail", report.reports.wouldFail] as [string, string]] : []),
    ...(report.reports.failedRecords ? [["Failed records", report.reports.failedRecords] as [string, string]] : []),
  ];
}

/** Why it is held, for a person: what each guard saw, and keys to look at. */
function heldBy({ guards }: Outlook): string {
  const held = guards.map(({ message, examples: shown }) => {
    const keys = shown.map(({ key, line }) => key ?? `line ${line}`);
    const examples = keys.length > 0 ? ` For example: ${escape(keys.map(visible).join(", "))}` : "";
    return `<p><strong>Held</strong> ${escape(message)}${examples}</p>`;
  });
  return `${held.join("\n")}\n<p>Nothing is stored yet.</p>`;
}

function outlook({ outcomes, changedFields: changed, priceChanges, ...categories }: Outlook): string {
  const list = (title: string, paths: readonly string[]): string =>
    paths.length > 0
      ? table(
          [title],
          paths.map((path) => [path]),
        )
      : "";
  const prices = priceChanges.map(({ key, of = "", before, after, currency }) => [key, of, before, after, currency]);
  const counted = Object.entries(outcomes).filter(([, count]) => count > 0);
  return `<h2>What it would do</h2>
${table(["Records would be", ""], counted)}
${Object.keys(changed).length > 0 ? table(["Field that changes", "Products"], Object.entries(changed)) : ""}
${prices.length > 0 ? table(["Largest price changes", "Variant", "Before", "After", "Currency"], prices) : ""}
${list("New categories", categories.newCategories)}
${list("Vanished categories", categories.vanishedCategories)}`;
}

function leftAlone(left: readonly LeftAlone[]): string {
  const rows = left.map(({ record, key, by = "" }) => [record, key, by]);
  return `<h2>Left alone</h2>
${table(["Record", "Key", "Written since by import"], rows)}`;
}

function changedFields({ changedFields: changed }: Report): string {
  return `<h2>What changed</h2>
${table(["Field", "Updated records"], Object.entries(changed))}`;
}

function warnings(report: Report): string {
  const rows = report.warnings.map(({ code, count, message, examples }) => [
    code,
    count,
    message,
    examples.map(exampleText).join("\n"),
  ]);
  return `<h2>Warnings</h2>
${table(["Code", "Count", "What to do", "For example"], rows)}`;
}

function failures(report: Report): string {
  const codes = Object.entries(report.outlook?.failuresByCode ?? report.failuresByCode);
  const rows = report.failures.map(({ record, line, cell, key, column, value, code, message }) => [
    record,
    cell ?? line,
    key ?? "",
    column ?? "",
    value ?? "",
    code,
    message,
  ]);
  const { failed } = report.outlook?.outcomes ?? report.outcomes;
  const shown = failed > report.failures.length ? `<p>The first ${report.failures.length} of them:</p>` : "";
  return `<h2>Failures</h2>
${table(["Code", "Records"], codes)}
${shown}
${table(["Record", report.failures.some(({ cell }) => cell) ? "Cell" : "Line", "Key", "Column", "Value", "Code", "What to do"], rows)}`;
}

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const head = header.some(Boolean)
    ? `<thead><tr>${header.map((name) => `<th>${escape(name)}</th>`).join("")}</tr></thead>`
    : "";
  const body = rows.map((cells) => `<tr>${cells.map(cell).join("")}</tr>`).join("\n");
  return `<table>${head}<tbody>\n${body}\n</tbody></table>`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return `<td class="number">${value}</td>`;
  const lines = value.split("\n");
  const kind = /^[A-Z][A-Z0-9_]+$/.test(value) ? ' class="code"' : lines.length > 1 ? ' class="lines"' : "";
  return `<td${kind}>${escape(lines.map(visible).join("\n"))}</td>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
