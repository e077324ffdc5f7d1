import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importFile } from "./cli/import-file.ts";
import { Progress } from "./cli/progress.ts";
import { startProject } from "./cli/project.ts";
import { reportText } from "./cli/report-text.ts";

const samples = join(import.meta.dirname, "../samples/bagisto");
const dataDir = mkdtempSync(join(tmpdir(), "product-import-demo-"));

console.log(
  "Building, synthesising and starting the engine: the stack's own Lambdas, state machine and rules, on this machine.",
);
const engine = await startProject(dataDir);
let balanced = true;
try {
  for (const name of ["products.csv", "damaged.csv"]) {
    const progress = new Progress(name);
    const imported = await importFile(engine, dataDir, join(samples, name), "bagisto", progress.show);
    progress.end();
    console.log(`\n${reportText(imported)}\n`);
    balanced &&= imported.report.balanced && imported.report.status !== "FAILED";
  }
} finally {
  await engine.stop();
}
console.log(balanced ? "Both imports balance: every record has exactly one outcome." : "An import does not balance.");
process.exitCode = balanced ? 0 : 1;
