import { statSync } from "node:fs";
import { parseWords, usageOf as commandUsage, type Command, type Meanings } from "../cli/command-line.ts";
import { WrongUsage } from "../cli/endings.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const options = {
  ...{ feed: text, records: text, from: text, catalog: text },
  ...{ json: flag, help: { ...flag, short: "h" } },
} as const;
type Option = keyof typeof options;

const meanings: Meanings<Option> = {
  feed: ["FEED", "the feed's name, or its file (x.json)"],
  records: ["N", "how many records are shown (default 5)"],
  from: ["FEED", "begins with this feed, and fits it to the file"],
  catalog: ["CATALOG", "the catalog that the feed fills (default: products)"],
  json: ["", "JSON on stdout"],
  help: ["", "this text"],
};

const commands = {
  suggest: {
    takes: "FILE",
    options: ["from", "catalog"],
    does: "Writes a feed for files like this one on stdout, and each doubt as a sentence on stderr.",
    notes: [
      "It reads the first 5,000 rows, at most 2 MB of text, of any file that can be imported.",
      "npm run --silent feeds -- suggest FILE > schemas/feeds/NAME.json keeps what it writes.",
    ],
  },
  try: {
    takes: "FILE",
    options: ["feed", "records", "json"],
    required: ["feed"],
    does: "Shows what the feed makes of the file's first records: column and cell beside field and value. Nothing is imported.",
    notes: ["Exit codes: 0 shown, failed records included; 1 the feed is wrong; 3 the file would be rejected."],
  },
  check: {
    options: ["json"],
    does: "Checks every feed, and names every fault by its file and its path.",
    notes: ["Exit codes: 0 all are right; 1 one is wrong."],
  },
} as const satisfies Record<string, Command<Option>>;

export type CommandName = keyof typeof commands;

/** What a command was given. */
export interface Arguments {
  readonly command: CommandName;
  /** "" where the command takes none. */
  readonly file: string;
  readonly values: ReturnType<typeof parse>["values"];
}

/** Reads the command line; `help` where that was asked for. Throws WrongUsage. */
export function readArguments(args: readonly string[]): Arguments | { readonly help: string } {
  const { values, positionals } = parse(args);
  const [name, file = "", ...more] = positionals;
  const command = name !== undefined && Object.hasOwn(commands, name) ? (name as CommandName) : undefined;
  if (values.help) return { help: command ? usageOf(command) : usage() };
  if (!command)
    throw new WrongUsage(`${name ? `There is no command ${name}.` : "A command is missing."}\n\n${usage()}`);
  const wrong = wrongWith(command, file, more, values);
  if (wrong !== undefined) throw new WrongUsage(`${wrong}\n\n${usageOf(command)}`);
  return { command, file, values };
}

function parse(args: readonly string[]) {
  return parseWords(args, options, usage);
}

function wrongWith(
  name: CommandName,
  file: string,
  more: readonly string[],
  values: Readonly<Partial<Record<Option, string | boolean>>>,
): string | undefined {
  const { takes, options: taken, required = [] }: Command<Option> = commands[name];
  const stray = (Object.keys(values) as Option[]).find((option) => option !== "help" && !taken.includes(option));
  if (stray) return `${name} does not take --${stray}.`;
  const empty = (Object.keys(values) as Option[]).find((option) => values[option] === "");
  if (empty) return `--${empty} needs a value.`;
  if (!takes) return file === "" ? undefined : `${name} takes no ${file}.`;
  if (file === "") return `${name} needs a FILE.`;
  if (more.length > 0) return `${name} takes one FILE.`;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return `There is no file ${file}.`;
  const missing = required.find((option) => values[option] === undefined);
  if (missing) return `${name} needs --${missing} ${meanings[missing][0]}.`;
  const { records, catalog } = values;
  if (typeof records === "string" && !/^[1-9]\d{0,6}$/.test(records)) return "--records is a whole number from 1.";
  if (typeof catalog === "string" && !/^[a-z0-9][a-z0-9-]*$/.test(catalog))
    return "--catalog is a name of small letters, digits and -.";
  return undefined;
}

function usage(): string {
  const lines = Object.entries<Command<Option>>(commands).map(([name, { does }]) => `  ${name.padEnd(8)} ${does}`);
  return `Usage: npm run feeds -- COMMAND [options]\n\n${lines.join("\n")}\n
COMMAND --help says what it takes. Nothing of AWS is asked, and no engine runs.
Exit codes: 0 done, 1 a feed is wrong or nothing could be done, 2 wrong usage, 3 the file would be rejected.`;
}

function usageOf(name: CommandName): string {
  return commandUsage(`feeds -- ${name}`, commands[name], meanings, ["help"]);
}
