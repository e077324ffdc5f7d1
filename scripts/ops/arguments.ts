import { statSync } from "node:fs";
import { recordErrors } from "#errors/catalogue.ts";
import { failureStatuses } from "#failures/dead-letter.ts";
import type { ImportStatus } from "#imports/import-entry.ts";
import type { FailureFilter } from "#reprocessing/flow.ts";
import { parseWords, usageOf as commandUsage, type Command, type Meanings } from "../cli/command-line.ts";
import { WrongUsage } from "../cli/endings.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const help = { type: "boolean", short: "h" } as const;

/** Every option that a command may take. */
const options = {
  ...{ import: text, feed: text, code: text, status: text, sku: text, since: text },
  ...{ out: text, corrections: text, reason: text },
  ...{ "include-final": flag, "dry-run": flag, redrive: flag },
  ...{ json: flag, local: flag, "data-dir": text, help },
} as const;
type Option = keyof typeof options;
const everywhere: readonly Option[] = ["json", "local", "data-dir", "help"];

const meanings: Meanings<Option> = {
  import: ["ID", "of this import, or reprocessed by it"],
  feed: ["FEED", "of this feed"],
  code: ["CODE", "with this error code first"],
  status: ["STATUS", "in this status"],
  sku: ["SKU", "of the product with this key"],
  since: ["TIME", "from then on: 2026-01-31, 2026-01-31T08:00 (UTC), or 90m, 24h, 7d ago"],
  out: ["PATH", "where to write"],
  corrections: ["FILE.csv", "a failed-records CSV, corrected: its rows are what runs"],
  reason: ["TEXT", "why; it is kept in the history"],
  "include-final": ["", "also those that time alone does not heal, for instance after a rule was changed"],
  "dry-run": ["", "only says what would run, and what would not and why"],
  redrive: ["", "starts the imports of the events that wait, and removes these from the queue"],
  json: ["", "JSON on stdout"],
  local: ["", "asks the engine on this machine, and not AWS"],
  "data-dir": ["DIR", "where that engine's data lies (default .local)"],
  help: ["", "this text"],
};

const filters = ["import", "feed", "code", "sku", "since"] as const;

/** The statuses of imports, as --status takes them. */
export const importStatuses: readonly ImportStatus[] = [
  "RUNNING",
  "COMPLETED",
  "COMPLETED_WITH_FAILURES",
  "REJECTED",
  "HELD",
  "PREVIEWED",
  "FAILED",
];

const commands = {
  imports: {
    options: ["feed", "status", "since"],
    does: "Lists imports, newest first.",
    notes: [`STATUS is one of ${importStatuses.join(", ")}.`],
  },
  "imports show": {
    takes: "ID",
    options: ["out"],
    does: "Shows one import with its outcomes and its failures by code.",
    notes: ["--out is a folder: it gets the report, as JSON and to read, and the failed-records CSV."],
  },
  "imports rerun": {
    takes: "ID",
    options: ["reason"],
    required: ["reason"],
    does: "Runs a REJECTED or FAILED import again from its archived original, once the cause is gone.",
  },
  "imports undo": {
    takes: "ID",
    options: ["reason", "dry-run"],
    required: ["reason"],
    does: "Takes an import back: every product that is still as it left it gets its former state.",
    notes: ["What others have written since is left alone. An undo is an import itself: undo it to have all back."],
  },
  preview: {
    takes: "FILE",
    options: ["feed"],
    required: ["feed"],
    does: "Uploads a file and says what its import would do; nothing is stored.",
    notes: ["imports release lets it in afterwards, without a second upload."],
  },
  "imports release": {
    takes: "ID",
    options: ["reason"],
    required: ["reason"],
    does: "Lets an import go on that is HELD or PREVIEWED.",
    notes: ["Its age is that of its file: where a newer file has come meanwhile, its records are superseded."],
  },
  "imports discard": {
    takes: "ID",
    options: ["reason"],
    required: ["reason"],
    does: "Closes an import that is HELD or PREVIEWED; nothing of it is stored.",
  },
  failures: {
    options: [...filters, "status"],
    does: "Lists what failed and why, with counts by code.",
    notes: [`STATUS is one of ${failureStatuses.join(", ")}; without it all are listed.`],
  },
  "failures show": {
    takes: "ID",
    options: [],
    does: "Shows one failure whole: its original cells, its history, and what to do.",
  },
  "failures export": {
    options: [...filters, "status", "out"],
    required: ["out"],
    does: "Writes the failed-records CSV, to be corrected in a spreadsheet and given to reprocess --corrections.",
    notes: ["Without --status it holds what is OPEN.", "--out is the file to write."],
  },
  reprocess: {
    options: [...filters, "corrections", "include-final", "dry-run", "reason"],
    required: ["reason"],
    does: "Runs failures again, follows the run to its end and says what became of them.",
    notes: ["--corrections goes without filters: what the file holds is what runs."],
  },
  park: { takes: "ID…", options: ["reason"], required: ["reason"], does: "Gives up on OPEN failures." },
  reopen: { takes: "ID…", options: ["reason"], required: ["reason"], does: "Takes PARKED failures back." },
  "products show": {
    takes: "CATALOG KEY",
    options: [],
    does: "Shows a stored product, with the import, the file and the record that wrote it.",
    notes: ["A KEY that begins with - stands behind a --."],
  },
  "products list": {
    takes: "CATALOG",
    options: ["since"],
    does: "Lists the products of a catalog, in no order.",
    notes: [
      "--since goes by when upstream dropped the file that a product's record first stood in.",
      "It reads the whole table: for people who write a feed, not for programs.",
    ],
  },
  events: {
    options: ["redrive"],
    does: "Lists the files whose event could not be delivered, and starts their imports.",
  },
} as const satisfies Record<string, Command<Option>>;

export type CommandName = keyof typeof commands;

/** What a command was given. */
export interface Arguments {
  readonly command: CommandName;
  /** What is named beside the options. */
  readonly ids: readonly string[];
  readonly values: ReturnType<typeof parse>["values"];
}

/** Reads the command line; `help` where that was asked for. Throws WrongUsage. */
export function readArguments(args: readonly string[]): Arguments | { readonly help: string } {
  const { values, positionals } = parse(args);
  const command = commandOf(positionals);
  if (values.help) return { help: command ? usageOf(command) : usage() };
  if (!command) {
    const wanted = positionals[0];
    throw new WrongUsage(`${wanted ? `There is no command ${wanted}.` : "A command is missing."}\n\n${usage()}`);
  }
  const ids = positionals.slice(command.split(" ").length);
  const wrong = wrongWith(command, ids, values);
  if (wrong) throw new WrongUsage(`${wrong}\n\n${usageOf(command)}`);
  checkValues(command, values);
  return { command, ids, values };
}

/** The filter that the options make. Throws WrongUsage where an option's value can fit nothing. */
export function filterOf(values: Arguments["values"], now = new Date()): FailureFilter {
  const { import: importId, feed, code, sku, since } = values;
  if (code !== undefined && !(code in recordErrors))
    throw new WrongUsage(`There is no code ${code}; there are ${Object.keys(recordErrors).join(", ")}.`);
  return {
    ...(importId !== undefined && { importId }),
    ...(feed !== undefined && { feed }),
    ...(code !== undefined && { code }),
    ...(sku !== undefined && { sku }),
    ...(since !== undefined && { since: timeOf(since, now) }),
  };
}

/** A time as ISO 8601 in UTC: a date, a time (UTC unless it says otherwise), or a number of minutes, hours or days ago. */
export function timeOf(given: string, now = new Date()): string {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(given) ?? [];
  if (count !== undefined) {
    const minutes = { m: 1, h: 60, d: 24 * 60 }[unit as "m" | "h" | "d"];
    return new Date(now.getTime() - Number(count) * minutes * 60_000).toISOString();
  }
  const [, time, zone] = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.exec(given) ?? [];
  const instant = Date.parse(time !== undefined && zone === undefined ? `${given}Z` : given);
  if (!/^\d{4}-/.test(given) || Number.isNaN(instant))
    throw new WrongUsage(`--since ${given} is no time: write 2026-01-31, 2026-01-31T08:00, or 24h for a day ago.`);
  return new Date(instant).toISOString();
}

/** One of the statuses that there are. Throws WrongUsage for any other. */
export function statusOf<S extends string>(given: string | undefined, statuses: readonly S[]): S | undefined {
  if (given === undefined) return undefined;
  const found = statuses.find((status) => status === given.toUpperCase());
  if (!found) throw new WrongUsage(`There is no status ${given}; there are ${statuses.join(", ")}.`);
  return found;
}

/** What every command is, in one text. */
function usage(): string {
  const lines = Object.entries<Command<Option>>(commands).map(([name, { does }]) => `  ${name.padEnd(17)} ${does}`);
  return `Usage: npm run ops -- COMMAND [options]\n\n${lines.join("\n")}

Every command takes ${everywhere.map((name) => `--${name}`).join(", ")}; COMMAND --help says what else it takes.
Without --local it talks to AWS by the usual credentials and region; AWS_ENDPOINT_URL names another endpoint, and
IMPORT_ENVIRONMENT the environment (default dev).
Exit codes: 0 done, 1 failed, 2 wrong usage, 4 nothing matched.`;
}

function usageOf(name: CommandName): string {
  return commandUsage(`ops -- ${name}`, commands[name], meanings, everywhere);
}

function parse(args: readonly string[]) {
  return parseWords(args, options, usage);
}

/** Throws WrongUsage where a value can fit nothing: that is to be known before anything is asked or started. */
function checkValues(command: CommandName, values: Arguments["values"]): void {
  filterOf(values);
  statusOf(values.status, command === "imports" ? importStatuses : failureStatuses);
  const { corrections } = values;
  if (corrections !== undefined && !statSync(corrections, { throwIfNoEntry: false })?.isFile())
    throw new WrongUsage(`There is no file ${corrections}.`);
}

function commandOf([first = "", second = ""]: readonly string[]): CommandName | undefined {
  return [`${first} ${second}`, first].find((name): name is CommandName => name in commands);
}

function wrongWith(
  name: CommandName,
  ids: readonly string[],
  values: Readonly<Partial<Record<Option, string | boolean>>>,
): string | undefined {
  const { takes, options: takenOptions, required = [] }: Command<Option> = commands[name];
  const given = Object.keys(values) as Option[];
  const stray = given.find((option) => !takenOptions.includes(option) && !everywhere.includes(option));
  if (stray) return `${name} does not take --${stray}.`;
  const empty = given.find((option) => values[option] === "");
  if (empty) return `--${empty} needs a value.`;
  const missing = required.find(
    (option) => values[option] === undefined && !(option === "reason" && values["dry-run"]),
  );
  if (missing) return `${name} needs --${missing} ${meanings[missing][0]}.`;
  if (values["data-dir"] !== undefined && !values.local) return "--data-dir goes with --local.";
  if (values.corrections !== undefined && filters.some((filter) => values[filter] !== undefined))
    return "--corrections goes without filters: what the file holds is what runs.";
  if (!takes) return ids.length > 0 ? `${name} takes no ${ids[0]!}.` : undefined;
  const words = takes.replace("…", "").split(" ");
  const lacking = words[ids.length];
  if (lacking) return `${name} needs ${lacking === "ID" ? "an" : "a"} ${lacking}.`;
  return ids.length > words.length && !takes.endsWith("…")
    ? `${name} takes one ${words.join(" and one ")}.`
    : undefined;
}
