import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBalances, importsOf, reportOf, sum } from "./reports.ts";
import type { Trial } from "./trial.ts";

const samples = join(import.meta.dirname, "../../samples/bagisto");
/** A file of a feed that does not exist, under a key as awkward as they come. */
const awkward = "incoming/nobody/Größe 50%+1 (neu).csv";

/** Drops files into the inbox, waits for their imports, and holds what came of them against what must come of them. */
export async function checkImports(trial: Trial): Promise<void> {
  const { aws, stack, progress } = trial;
  let dropped = 0;
  const sample = (file: string) => readFileSync(join(samples, file));
  await drop("import three files", [
    ["incoming/bagisto/products.csv", sample("products.csv")],
    ["incoming/bagisto/damaged.csv", sample("damaged.csv")],
    [awkward, Buffer.from("sku,name\n1,Hat\n")],
  ]);
  const reports = await readReports();
  const of = (key: string) => reports.find((report) => report.file.key.endsWith(key));
  progress.check("the real file completed", of("products.csv")?.status, "COMPLETED");
  progress.check("all of its 26 records were created", of("products.csv")?.outcomes.created, 26);
  progress.check("the damaged file completed with failures", of("damaged.csv")?.status, "COMPLETED_WITH_FAILURES");
  progress.check("all of its 15 records have an outcome", sum(of("damaged.csv")?.outcomes), 15);
  progress.check("the file of an unknown feed was rejected", of(awkward)?.status, "REJECTED");

  await drop("import the real file again", [["incoming/bagisto/products.csv", sample("products.csv")]]);
  const [again] = (await readReports()).filter(({ importId }) => !reports.some((r) => r.importId === importId));
  progress.check("all of its 26 records were unchanged", again?.outcomes.unchanged, 26);

  const csv = sample("products.csv");
  const rows = csv.subarray(csv.indexOf("\n") + 1);
  await drop("import its Excel twin, and every record of it twice", [
    ["incoming/bagisto/products.xlsx", sample("products.xlsx")],
    ["incoming/bagisto/twice.csv", Buffer.concat([csv, rows])],
  ]);
  const latest = (await readReports()).filter(({ file }) => /\.xlsx$|twice/.test(file.key));
  const [twin, twice] = [".xlsx", "twice.csv"].map((end) => latest.find(({ file }) => file.key.endsWith(end)));
  progress.check("the workbook gives the products that its CSV gave", twin?.outcomes.unchanged, 26);
  progress.check("of each key the last record counts", twice?.outcomes.unchanged, 26);
  progress.check("of each key the others are superseded by it", twice?.outcomes.superseded, 26);
  progress.check("which a warning tells", twice?.warnings.find(({ code }) => code === "KEY_REPEATED")?.count, 26);

  const all = [...reports, ...(again ? [again] : []), ...latest];
  const products = await aws.items(stack["products_table"]!);
  const created = all.reduce((total, { outcomes }) => total + outcomes.created, 0);
  progress.check("the products table holds what was created, once", products.length, created);
  progress.check("0017 is still 0017", products.filter(({ product }) => product === "bagisto#0017").length, 1);
  await checkBalances(trial, all);

  async function drop(what: string, files: readonly (readonly [key: string, body: Uint8Array])[]): Promise<void> {
    for (const [key, body] of files) await aws.put(stack["inbox_bucket"]!, key, body);
    dropped += files.length;
    const executions = await progress.step(
      what,
      () => aws.ended(stack["import_machine_arn"]!, dropped, 90),
      (ended) => ended.map(({ status }) => status).join(", "),
    );
    const others = executions.filter(({ status }) => status !== "SUCCEEDED");
    progress.check(
      "every execution succeeded",
      others.map(({ status, error }) => error ?? status),
      [],
    );
  }

  async function readReports() {
    return Promise.all((await importsOf(trial)).map(({ importId }) => reportOf(trial, importId)));
  }
}
