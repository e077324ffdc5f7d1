import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";

/** Where the engine keeps everything if nothing else is said. */
const defaultDataDir = ".local";

const usage = `Usage:
  npm run local                                   keeps the engine up until Ctrl-C
  npm run local -- import FILE --feed FEED        imports one file and prints its report
Options:
  --preview         only says what the import would do; nothing is stored
  --json            the report as one JSON object on stdout (npm run --silent adds nothing to it)
  --data-dir DIR    where everything stored lies (default ${defaultDataDir})
Exit codes of import: 0 completed, failed records included; 1 the import failed; 2 wrong usage; 3 the file was rejected;
4 the import is held, for a person has to look at it first.`;

/** Told to a user who asked for something that cannot be done; nothing was started. */
class WrongUsage extends Error {}

interface Command {
  readonly dataDir: string;
  /** What to import; without it the engine stays up. */
  readonly import?: { readonly file: string; readonly feed: string; readonly preview: boolean; readonly json: boolean };
}

/** Reads the command line; undefined where help was asked for. */
function readCommand(): Command | undefined {
  const { values, positionals } = parseArguments();
  if (values.help) return undefined;
  const { "data-dir": dataDir = defaultDataDir, feed, preview = false, json = false } = values;
  const [command, file, ...rest] = positionals;
  if (command === undefined && feed === undefined && !json && !preview) return { dataDir };
  if (command !== "import")
    throw new WrongUsage(
      command ? `There is no command ${command}.` : "Only import takes --feed, --preview and --json.",
    );
  if (file === undefined || rest.length > 0) throw new WrongUsage("import takes one FILE.");
  if (feed === undefined || !/^[^/]+$/.test(feed))
    throw new WrongUsage("import needs --feed FEED, the name of a feed.");
  if (!existsSync(file) || !statSync(file).isFile()) throw new WrongUsage(`There is no file ${file}.`);
  return { dataDir, import: { file, feed, preview, json } };
}

function parseArguments() {
  try {
    return parseArgs({
      options: {
        feed: { type: "string" },
        preview: { type: "boolean" },
        json: { type: "boolean" },
        "data-dir": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

/** Loaded once the command line makes sense: wrong usage is to be answered at once. */
async function parts() {
  return {
    ...(await import("./cli/project.ts")),
    ...(await import("./cli/import-file.ts")),
    ...(await import("./cli/progress.ts")),
    ...(await import("./cli/report-text.ts")),
  };
}

/** Imports a file, prints its report, and gives the exit code. */
async function importOne(
  dataDir: string,
  { file, feed, preview, json }: NonNullable<Command["import"]>,
): Promise<number> {
  const { startProject, importFile, Progress, reportText } = await parts();
  const engine = await startProject(dataDir, feed);
  process.once("SIGINT", () => void engine.stop().then(() => process.exit(130)));
  const progress = new Progress(basename(file));
  try {
    const imported = await importFile(engine, dataDir, file, feed, progress.show, preview ? "preview" : "incoming");
    progress.end();
    const reports = imported.files;
    console.log(json ? JSON.stringify({ ...imported.report, reports }, null, 2) : reportText(imported));
    const { status } = imported.report;
    return { REJECTED: 3, FAILED: 1, HELD: 4, PREVIEWED: 0, COMPLETED: 0, COMPLETED_WITH_FAILURES: 0 }[status];
  } finally {
    progress.end();
    await engine.stop();
  }
}

/** Keeps the engine up until it is told to stop. */
async function serve(dataDir: string): Promise<number> {
  const { startProject } = await parts();
  const engine = await startProject(dataDir);
  const settings = Object.entries(engine.environment).map(([name, value]) => `export ${name}=${value}`);
  console.log(`The engine is up; what it stores lies in ${dataDir}. Whatever is put under incoming/<feed>/ of the bucket
${engine.output("inbox_bucket")} is imported. Settings for an AWS SDK or CLI:

${settings.join("\n")}

Ctrl-C stops it.`);
  await new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await engine.stop();
  return 0;
}

try {
  const command = readCommand();
  if (!command) console.log(usage);
  else process.exitCode = await (command.import ? importOne(command.dataDir, command.import) : serve(command.dataDir));
} catch (error) {
  const wrongUsage = error instanceof WrongUsage;
  console.error(wrongUsage ? `${error.message}\n\n${usage}` : (error as Error).message);
  process.exitCode = wrongUsage ? 2 : 1;
}
