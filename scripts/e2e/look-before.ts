import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ImportEntry } from "#imports/import-entry.ts";
import { undoIdOf } from "#imports/undo-id.ts";
import { tenTimes } from "../demo/ten-times.ts";
import { finished, importsOf, reportOf, type StoredProduct } from "./reports.ts";
import type { Trial } from "./trial.ts";
import { until } from "./until.ts";

const key = "incoming/bagisto/ten-times.csv";
const sample = join(import.meta.dirname, "../../samples/bagisto/products.csv");
const watched = "bagisto#SP-001";

/** Drops a file whose prices are ten times too high, lets it in all the same, and takes it back. */
export async function checkLookBefore(trial: Trial): Promise<void> {
  const { aws, stack, progress } = trial;
  const before = await priceOf();
  await aws.put(stack["inbox_bucket"]!, key, Buffer.from(tenTimes(readFileSync(sample, "utf8"))));
  const held = await progress.step(
    "import the real file at ten times its prices",
    () => finished(trial, key, 60),
    ({ status }) => status,
  );
  const { importId } = held;
  progress.check("it is held", [held.status, held.outcomes?.held], ["HELD", 26]);
  const { outlook } = await reportOf(trial, importId);
  progress.check(
    "for its prices",
    outlook?.guards.map(({ guard }) => guard),
    ["repriced"],
  );
  progress.check("nothing of it is stored", await priceOf(), before);

  const by = { importId, who: "e2e", reason: "a test" };
  const released = await asked("release it", { release: by }, importId);
  progress.check("it completes once it is released", released.status, "COMPLETED");
  progress.check("as its report said", released.outcomes, outlook?.outcomes);
  progress.check("its prices are stored", await priceOf(), String(Number(before) * 10));

  const undone = await asked("take it back", { undo: by }, undoIdOf(importId, false));
  progress.check("all that it updated is taken back", undone.outcomes?.updated, released.outcomes?.updated);
  progress.check("the prices are what they were", await priceOf(), before);

  async function asked(what: string, wish: object, id: string): Promise<ImportEntry> {
    return progress.step(
      what,
      async () => {
        const execution = await aws.start(stack["import_machine_arn"]!, wish);
        return until("The end of what was asked for", 60, async () =>
          (await importsOf(trial)).find((entry) => {
            return entry.importId === id && entry.owner === execution && entry.status !== "RUNNING";
          }),
        );
      },
      ({ status }) => status,
    );
  }

  async function priceOf(): Promise<string> {
    const products = (await aws.items(stack["products_table"]!)) as unknown as StoredProduct[];
    return products.find(({ product }) => product === watched)!.body.price;
  }
}
