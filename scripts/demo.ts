import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { importFile, type Imported } from "./cli/import-file.ts";
import { Progress } from "./cli/progress.ts";
import { startProject } from "./cli/project.ts";
import { reportText } from "./cli/report-text.ts";
import { correctDamaged } from "./demo/correct.ts";
import { tenTimes } from "./demo/ten-times.ts";
import type { Engine } from "./local/engine.ts";
import { projectOnEngine } from "./ops/project.ts";
import { newRunId, reprocess, uploadCorrections } from "./ops/reprocess.ts";
import { restart } from "./ops/restart.ts";
import { undo } from "./ops/undo.ts";

const samples = join(import.meta.dirname, "../samples/bagisto");

/**
 * Imports a real file and a damaged one, corrects what failed and runs it again; then one that is held, let in and taken back. Gives true
 * if all balance, nothing is open, and every product is what it was.
 */
async function demo(): Promise<boolean> {
  console.log("Building and starting the stack's own Lambdas, state machines and rules on this machine.");
  const dataDir = mkdtempSync(join(tmpdir(), "product-import-demo-"));
  const engine = await startProject(dataDir);
  try {
    const imported = [];
    for (const name of ["products.csv", "damaged.csv"])
      imported.push(await importSample(engine, dataDir, join(samples, name)));
    const balanced = imported.every(({ report }) => report.balanced && report.status !== "FAILED");
    console.log(
      balanced ? "Both imports balance: every record has exactly one outcome.\n" : "An import does not balance.\n",
    );
    const open = await correctAndReprocess(engine, imported.at(-1)!);
    console.log(open === 0 ? "No failure is open any more.\n" : `${open} failures are still open.\n`);
    const back = await holdAndTakeBack(engine, dataDir);
    console.log(back ? "Every price is what it was." : "The prices are not what they were.");
    return balanced && open === 0 && back;
  } finally {
    await engine.stop();
  }
}

async function importSample(engine: Engine, dataDir: string, file: string): Promise<Imported> {
  const progress = new Progress(basename(file));
  const imported = await importFile(engine, dataDir, file, "bagisto", progress.show);
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

/** Drops a file whose prices are ten times too high, lets it in all the same and takes it back; gives whether all is as it was. */
async function holdAndTakeBack(engine: Engine, dataDir: string): Promise<boolean> {
  console.log("A file arrives whose prices are ten times too high.");
  const project = projectOnEngine(engine.environment, () => Promise.resolve());
  const prices = async (): Promise<string> => {
    const all: string[] = [];
    for await (const { product } of project.products.ofCatalog("bagisto")) all.push(`${product.sku} ${product.price}`);
    return all.sort().join("\n");
  };
  const before = await prices();
  const file = join(dataDir, "ten-times.csv");
  writeFileSync(file, tenTimes(readFileSync(join(samples, "products.csv"), "utf8")));
  const { report } = await importSample(engine, dataDir, file);
  const { importId } = report;
  const entry = async () => (await project.imports.get(importId))!;
  const isHeld = report.status === "HELD" && (await prices()) === before;
  console.log("Nothing of it is stored. Somebody lets it in all the same, and then takes it back.");
  const progress = new Progress("ten-times.csv");
  const released = await restart(project, await entry(), "release", "demo: let in", progress.show);
  const wrong = (await prices()) !== before;
  const undone = await undo(project, await entry(), { reason: "demo: was wrong", dryRun: false }, progress.show);
  progress.end();
  const { updated } = undone.outcomes!;
  console.log(
    `\n${released.outcomes!.updated} products were updated, ${updated} of them have their former state again.`,
  );
  return isHeld && wrong && (await prices()) === before;
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
