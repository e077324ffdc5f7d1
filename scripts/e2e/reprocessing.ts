import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { ReprocessRequest, RunEntry } from "#reprocessing/flow.ts";
import type { Trial } from "./trial.ts";

const mendedSku = "DMG-005";

/** Corrects one failure of the damaged file, as support staff would, runs it again, and looks at what came of it. */
export async function checkReprocessing({ aws, stack, progress }: Trial): Promise<void> {
  const imports = (await aws.items(stack["imports_table"]!)) as unknown as (ImportEntry & { entry: string })[];
  const damaged = imports.find(({ entry, file }) => entry === "IMPORT" && file.key.endsWith("damaged.csv"))!;
  const { bucket, key } = damaged.reports!.failedRecords!;
  const rows: Record<string, string>[] = parse(await aws.text(bucket, key), { bom: true, columns: true });
  const corrected = rows.filter(({ sku }) => sku === mendedSku).map((row) => ({ ...row, price: "21" }));
  const corrections = { bucket: stack["work_bucket"]!, key: "corrections/e2e.csv" };
  await aws.put(corrections.bucket, corrections.key, Buffer.from(stringify(corrected, { header: true })));

  const request: ReprocessRequest = { who: "e2e", reason: "the price was in words", corrections };
  const [ended] = await progress.step(
    "reprocess one correction",
    async () => {
      await aws.start(stack["reprocess_machine_arn"]!, request);
      return aws.ended(stack["reprocess_machine_arn"]!, 1, 60);
    },
    (executions) => executions.map(({ status }) => status).join(", "),
  );
  progress.check("the reprocessing run succeeded", ended?.status, "SUCCEEDED");
  const runs = (await aws.items(stack["imports_table"]!)) as unknown as (RunEntry & { entry: string })[];
  const counts = runs.find(({ entry }) => entry === "RUN")?.counts;
  progress.check("the run resolved the one failure that it took", [counts?.selected, counts?.resolved], [1, 1]);
  const letters = (await aws.items(stack["failures_table"]!)) as unknown as DeadLetter[];
  const letter = letters.find((one) => one.key === mendedSku && !one.trace);
  progress.check(
    "its dead letter is RESOLVED at the second attempt",
    [letter?.status, letter?.attempts],
    ["RESOLVED", 2],
  );
  progress.check("its history says what was changed", letter?.history[1]?.corrections, [
    { column: "price", before: "twenty-one", after: "21" },
  ]);
  const products = (await aws.items(stack["products_table"]!)) as unknown as { sku: string; body: { price: string } }[];
  progress.check("the corrected product is stored", products.find(({ sku }) => sku === mendedSku)?.body.price, "21");
}
