import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { expect, it } from "vitest";
import { pipelineForFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 });

it("columns by pattern, a key of the file and a lookup come through, fail, and come back as what they were", async () => {
  const csv = [
    "name-en_US,code,colour,name-de_DE,price-EUR,price-USD",
    "Sock,a,01,Socke,1.50,2",
    "Cap,b,02,,3,",
    "Hat,c,99,Hut,x,5",
  ].join("\n");
  const report = await pipeline.import("incoming/wide/spring.csv", csv);
  expect(report).toMatchObject({ balanced: true, outcomes: { created: 2, failed: 1 } });
  expect(await pipeline.product("wide", "spring-1-a")).toMatchObject({
    body: {
      ...{ name: "Sock", price: "1.50", currency: "EUR", attributes: { colour: "Night" } },
      ...{ translations: { de_DE: { name: "Socke" } }, prices: [{ price: "2", currency: "USD" }] },
    },
  });
  const [letter] = await pipeline.deadLetters(report.importId);
  expect(letter).toMatchObject({
    key: "spring-3-c",
    cells: ["Hat", "c", "99", "Hut", "x", "5"],
    errors: [
      { code: "LOOKUP_MISS", column: "colour" },
      { code: "BAD_MONEY", column: "price-EUR" },
    ],
  });

  const failed = await pipeline.failedRecords(report.importId);
  const [row]: Record<string, string>[] = parse(failed, { bom: true, columns: true });
  expect(Object.keys(row!).slice(0, 6)).toEqual(csv.split("\n")[0]!.split(","));
  const corrected = stringify([{ ...row, colour: "03", "price-EUR": "4" }], { header: true });
  const again = await pipeline.import("incoming/wide/other-name.csv", corrected);
  expect(again).toMatchObject({ balanced: true, outcomes: { created: 1 } });
  expect(await pipeline.product("wide", "spring-3-c")).toMatchObject({
    body: { name: "Hat", price: "4", attributes: { colour: "Plain" } },
  });
});
