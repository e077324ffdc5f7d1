import { parseArgs, type ParseArgsConfig } from "node:util";
import { exitCodeOf, WrongUsage } from "./endings.ts";

/** What a command takes, and what it is for. */
export interface Command<Option extends string> {
  /** What is named beside the options, word by word. */
  readonly takes?: string;
  readonly options: readonly Option[];
  readonly required?: readonly Option[];
  readonly does: string;
  readonly notes?: readonly string[];
}

/** For each option the name of its value, "" where it is a flag, and what it means. */
export type Meanings<Option extends string> = Readonly<Record<Option, readonly [value: string, meaning: string]>>;

/** Reads words and options. Throws WrongUsage, with how the program is used, where an option is unknown or lacks its value. */
export function parseWords<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
  usage: () => string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Its first sentence says what is wrong; the others speak of how to escape an argument.
    throw new WrongUsage(`${(error as Error).message.split(". ")[0]!}.\n\n${usage()}`);
  }
}

/** How one command is used: `name` is what stands before its words, `everywhere` are options of all commands. */
export function usageOf<Option extends string>(
  name: string,
  command: Command<Option>,
  meanings: Meanings<Option>,
  everywhere: readonly Option[],
): string {
  const shown = [...command.options, ...everywhere];
  const given = (option: Option) => `--${option} ${meanings[option][0]}`.trimEnd();
  const head = command.options.map((option) =>
    command.required?.includes(option) ? given(option) : `[${given(option)}]`,
  );
  const width = Math.max(...shown.map((option) => given(option).length));
  const lines = shown.map((option) => `  ${given(option).padEnd(width)}  ${meanings[option][1]}`);
  const notes = command.notes ? `${command.notes.join("\n")}\n` : "";
  const words = [`Usage: npm run ${name}`, command.takes, ...head].filter(Boolean).join(" ");
  return `${words}\n\n${command.does}\n${notes}\n${lines.join("\n")}`;
}

/** Runs a program to its exit code; what it throws is told on stderr as `explain` has it. */
export async function runCommandLine(
  main: () => Promise<number>,
  explain: (error: unknown) => string | undefined | Promise<string | undefined>,
): Promise<void> {
  // A reader that has seen enough, such as head, is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(await explain(error));
    process.exitCode = exitCodeOf(error);
  }
}
