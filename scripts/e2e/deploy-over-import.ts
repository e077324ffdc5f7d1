import type { Declared } from "./deployment.ts";
import { pacedFile, type Edition } from "./paced-feed.ts";
import { lambdasOf } from "./published-versions.ts";
import { begun, checkBalances, chunksOf, finished, productsOf, reportOf } from "./reports.ts";
import type { Trial } from "./trial.ts";

const records = 300;
const nextRecords = 20;

/** Deploys a changed feed and changed settings while an import is under way, which must end as it began; the next is new. */
export async function checkDeployOverImport(trial: Trial, changed: Declared): Promise<void> {
  const { aws, stack, progress, pace, deployment } = trial;
  const machine = stack["import_machine_arn"]!;
  const key = "incoming/paced/in-flight.csv";
  const held = pace.hold("in-flight");
  await aws.put(stack["inbox_bucket"]!, key, pacedFile("in-flight", records));
  await held.asked(60);
  const before = await lambdasOf(aws, machine);
  deployment.declare(changed);
  await progress.step("terraform apply over the import", () => deployment.terraform.apply());

  const { importId, status, chunks = 0 } = await begun(trial, key, 30);
  const prepared = (await chunksOf(trial, importId)).length;
  progress.check("the import is still running", status, "RUNNING");
  progress.check("most of its chunks are yet to be mapped", prepared < chunks / 2, true);
  const after = await lambdasOf(aws, machine);
  progress.check(
    "the machine names a new version of every Lambda",
    [after.length, after.filter((arn) => before.includes(arn))],
    [before.length, []],
  );

  held.release();
  const ended = await progress.step(
    "let the import end",
    () => finished(trial, key, 180),
    (entry) => `${entry.status}, ${prepared} of ${chunks} chunks prepared before the apply had ended`,
  );
  await checkEdition("the import in flight", ended.importId, records, "first");
  const next = "incoming/paced/next.csv";
  await aws.put(stack["inbox_bucket"]!, next, pacedFile("next", nextRecords));
  const { importId: nextId, feedRevision } = await progress.step("import after the deploy", () =>
    finished(trial, next, 60),
  );
  await checkEdition("the next import", nextId, nextRecords, "second");
  progress.check("they name different revisions of the feed", ended.feedRevision === feedRevision, false);

  async function checkEdition(which: string, id: string, count: number, edition: Edition): Promise<void> {
    const report = await reportOf(trial, id);
    progress.check(`${which} completed`, [report.status, report.outcomes.created], ["COMPLETED", count]);
    const products = await productsOf(trial, id);
    const made = products.filter(({ body }) => body.attributes?.["edition"] === edition);
    progress.check(`${which} made every product by the ${edition} mapping`, made.length, count);
    await checkBalances(trial, [report]);
  }
}
