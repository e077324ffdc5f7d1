import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importFile } from "./cli/import-file.ts";
import { Progress } from "./cli/progress.ts";
import { startProject } from "./cli/project.ts";
import { reportText } from "./cli/report-text.ts";

const samples = join(import.meta.dirname, "../samples/bagisto");

/** Imports a real file and a damaged one and prints both reports; gives true if both balance. */
async function demo(): Promise<boolean> {
  console.log("Building and starting the stack's own Lambdas, state machines and rules on this machine.");
  const dataDir = mkdtempSync(join(tmpdir(), "product-import-demo-"));
  const engine = await startProject(dataDir);
  try {
    let balanced = true;
    for (const name of ["products.csv", "damaged.csv"]) {
      const progress = new Progress(name);
      const imported = await importFile(engine, dataDir, join(samples, name), "bagisto", progress.show);
      progress.end();
      console.log(`\n${reportText(imported)}\n`);
      balanced &&= imported.report.balanced && imported.report.status !== "FAILED";
    }
    return balanced;
  } finally {
    await engine.stop();
  }
}

try {
  const balanced = await demo();
  console.log(balanced ? "Both imports balance: every record has exactly one outcome." : "An import does not balance.");
  process.exitCode = balanced ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
