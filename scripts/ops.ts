import { runCommandLine } from "./cli/command-line.ts";
import { CannotDo, exitCodes, NothingMatched, WrongUsage, type ExitCode } from "./cli/endings.ts";
import { readArguments, type Arguments } from "./ops/arguments.ts";

/** Does what the command line asks for, and gives the exit code. */
async function main(): Promise<ExitCode> {
  const args = readArguments(process.argv.slice(2));
  if ("help" in args) {
    console.log(args.help);
    return exitCodes.done;
  }
  return run(args);
}

/** Loads what talks to AWS only once the command line makes sense: wrong usage is to be answered at once. */
async function run({ command, ids, values }: Arguments): Promise<ExitCode> {
  const { connectToAws, connectToEngine } = await import("./ops/project.ts");
  const { runs } = await import("./ops/commands.ts");
  const { Output } = await import("./cli/output.ts");
  const project = values.local ? await connectToEngine(values["data-dir"]) : await connectToAws();
  process.once("SIGINT", () => {
    if (!values.local) console.error("What was started goes on; only this command ends.");
    void project.close().then(() => process.exit(130));
  });
  try {
    return await runs[command](project, { ids, values }, new Output(values.json ?? false));
  } finally {
    await project.close();
  }
}

await runCommandLine(main, async (error) => {
  const ours = error instanceof WrongUsage || error instanceof NothingMatched || error instanceof CannotDo;
  return ours ? error.message : (await import("./ops/explain.ts")).explain(error);
});
