import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importFile, type Imported } from "./cli/import-file.ts";
import { Progress } from "./cli/progress.ts";
import { startProject } from "./cli/project.ts";
import { reportText } from "./cli/report-text.ts";
import { correctDamaged } from "./demo/correct.ts";
import type { Engine } from "./local/engine.ts";
import { projectOnEngine } from "./ops/project.ts";
import { newRunId, reprocess, uploadCorrections } from "./ops/reprocess.ts";

const samples = join(import.meta.dirname, "../samples/bagisto");

/** Imports a real file and a damaged one, corrects what failed and runs it again; gives true if all balance and nothing is open. */
async function demo(): Promise<boolean> {
  console.log("Building and starting the stack's own Lambdas, state machines and rules on this machine.");
  const dataDir = mkdtempSync(join(tmpdir(), "product-import-demo-"));
  const engine = await startProject(dataDir);
  try {
    const imported = [];
    for (const name of ["products.csv", "damaged.csv"]) imported.push(await importSample(engine, dataDir, name));
    const balanced = imported.every(({ report }) => report.balanced && report.status !== "FAILED");
    console.log(
      balanced ? "Both imports balance: every record has exactly one outcome.\n" : "An import does not balance.\n",
    );
    const open = await correctAndReprocess(engine, imported.at(-1)!);
    console.log(open === 0 ? "No failure is open any more." : `${open} failures are still open.`);
    return balanced && open === 0;
  } finally {
    await engine.stop();
  }
}

async function importSample(engine: Engine, dataDir: string, name: string): Promise<Imported> {
  const progress = new Progress(name);
  const imported = await importFile(engine, dataDir, join(samples, name), "bagisto", progress.show);
  progress.end();
  console.log(`\n${reportText(imported)}\n`);
  return imported;
}

/** Does what support staff do with a failed-records CSV, and gives how many failures of the import are open then. */
async function correctAndReprocess(engine: Engine, { report, files }: Imported): Promise<number> {
  console.log("Correcting the failed records in their CSV, and running them again.");
  const project = projectOnEngine(engine.environment, () => Promise.resolve());
  const runId = newRunId();
  const corrected = correctDamaged(readFileSync(files.failedRecords!, "utf8"));
  const corrections = await uploadCorrections(project, runId, Buffer.from(corrected));
  const progress = new Progress("reprocess");
  const request = { who: project.who, reason: "demo: corrected by hand", corrections };
  const { counts } = await reprocess(project, runId, request, progress.show);
  progress.end();
  console.log(`\nOf ${counts.selected} failures ${counts.resolved} are resolved, ${counts.failedAgain} failed again.`);
  let open = 0;
  for await (const letter of project.failures.ofStatus(report.feed, "OPEN"))
    if (letter.importId === report.importId) open += 1;
  return open;
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
