import { runCommandLine } from "./cli/command-line.ts";
import { CannotDo, WrongUsage } from "./cli/endings.ts";
import { readArguments } from "./feeds/arguments.ts";
import { compileSchemas } from "./feeds/compile-schemas.ts";

/** Does what the command line asks for, and gives the exit code. */
async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if ("help" in args) {
    console.log(args.help);
    return 0;
  }
  // Loaded once the command line makes sense: wrong usage is to be answered at once.
  await compileSchemas();
  const { runs } = await import("./feeds/commands.ts");
  return runs[args.command](args);
}

await runCommandLine(main, (error) => {
  const { name, message, stack } = error as Error;
  // Told in sentences that their reader can act on; anything else is a fault of the program.
  return error instanceof WrongUsage || error instanceof CannotDo || name === "InvalidFeed" ? message : stack;
});
