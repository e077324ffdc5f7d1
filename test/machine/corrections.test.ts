import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { afterEach, describe, expect, it } from "vitest";
import { setTimeout as pause } from "node:timers/promises";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 5 }, ["execution-ended"]);
afterEach(() => {
  pipeline.faults = () => undefined;
});

type Row = Record<string, string>;
let files = 0;
const importText = (text: string | Buffer, feed = "simple") =>
  pipeline.import(`incoming/${feed}/corrections-${++files}.csv`, text);
const importRows = (rows: readonly (readonly string[])[]) => importText(simpleFile(rows));
async function rowsOf(importId: string): Promise<Row[]> {
  const text = await pipeline.failedRecords(importId);
  const delimiter = text.slice(0, 200).includes(";") ? ";" : ",";
  return parse(text, { bom: true, columns: true, delimiter });
}
const csv = (rows: readonly Row[]) => stringify([...rows], { header: true, quoted: true });
const letterOf = async (importId: string) => (await pipeline.deadLetters(importId))[0]!;
const reprocessCsv = async (text: string) => pipeline.reprocess({ corrections: await pipeline.upload(text) });

describe("a correction", () => {
  it("is stored although an earlier one was stored by an attempt that crashed, and the failure was reopened since", async () => {
    const report = await importRows([["TWICE", "Hat", "no price", ""]]);
    const [row] = await rowsOf(report.importId);
    pipeline.faults = (call) => (call.state === "Import" ? { after: "TypeError" } : undefined);
    await reprocessCsv(csv([{ ...row!, price: "5" }]));
    pipeline.faults = () => undefined;
    expect(await pipeline.product("simple", "TWICE")).toMatchObject({ body: { price: "5" } });
    await pipeline.reopened((await letterOf(report.importId)).id);
    await reprocessCsv(csv([{ ...row!, price: "7" }]));
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
    expect(await pipeline.product("simple", "TWICE")).toMatchObject({ body: { price: "7" } });
  });

  it("goes in for a feed of another encoding and delimiter", async () => {
    const report = await importText(Buffer.from("Artikel;Größe;Preis\nENC1;groß;teuer\n", "latin1"), "quiet");
    const [row] = await rowsOf(report.importId);
    expect((await reprocessCsv(csv([{ ...row!, Preis: "1,50" }]))).counts).toMatchObject({ resolved: 1 });
    expect(await pipeline.product("quiet", "ENC1")).toMatchObject({
      body: { price: "1.50", attributes: { size: "groß" } },
    });
  });

  it("is kept where the header has blanks around its names, and does not block other files of the feed", async () => {
    const report = await importText("sku, name, price\nBLANK1,Hat,no price\n");
    await importRows([["BLANK2", "Hat", "no price", ""]]);
    const [row] = await rowsOf(report.importId);
    const price = Object.keys(row!).find((name) => name.trim() === "price")!;
    expect((await reprocessCsv(csv([{ ...row!, [price]: "99999" }]))).counts).toMatchObject({ failedAgain: 1 });
    expect(await letterOf(report.importId)).toMatchObject({ cells: ["BLANK1", "Hat", "99999"] });
    const { run } = await pipeline.reprocess({ filter: { feed: "simple" }, includeFinal: true });
    expect(run.status).toBe("DONE");
  });

  it("in a file without one of the columns is refused by row, for the product would lose the cell", async () => {
    const report = await importRows([["COLUMN1", "Hat", "no price", "4006381333931"]]);
    const [{ barcode: _gone, ...row }] = (await rowsOf(report.importId)) as [Row];
    const { counts } = await reprocessCsv(csv([{ ...row, price: "1" }]));
    expect(counts).toMatchObject({ resolved: 0, skipped: { unknown: 1 } });
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: 1 });
  });

  it("that stands in two rows runs once: the other row is refused", async () => {
    const report = await importRows([["SAME1", "Hat", "no price", ""]]);
    const [row] = await rowsOf(report.importId);
    const { counts } = await reprocessCsv(
      csv([
        { ...row!, sku: "SAME1a", price: "1" },
        { ...row!, sku: "SAME1b", price: "1" },
      ]),
    );
    expect(counts).toMatchObject({ resolved: 1, skipped: { notOpen: 1 } });
    const stored = [await pipeline.product("simple", "SAME1a"), await pipeline.product("simple", "SAME1b")];
    expect(stored.filter(Boolean)).toHaveLength(1);
  });

  it("of the key is found by the new key when the record fails again", async () => {
    const report = await importRows([["", "Hat", "1", ""]]);
    const [row] = await rowsOf(report.importId);
    await reprocessCsv(csv([{ ...row!, sku: "NEWKEY", price: "99999" }]));
    expect(await letterOf(report.importId)).toMatchObject({ key: "NEWKEY", catalogKey: "simple#NEWKEY" });
  });

  it("that is too large to be kept is refused, and its neighbours run", async () => {
    const report = await importRows([
      ["LARGE1", "x".repeat(400_000), "1", ""],
      ["LARGE2", "Hat", "no price", ""],
    ]);
    const rows = await rowsOf(report.importId);
    const mended = rows.map((row) => (row["sku"] === "LARGE2" ? { ...row, price: "1" } : { ...row, price: "2" }));
    expect((await reprocessCsv(csv(mended))).counts).toMatchObject({ resolved: 1 });
    expect(await pipeline.product("simple", "LARGE2")).toBeDefined();
  });
});

describe("an old row", () => {
  it.each([
    ["without its identity", ""],
    ["with an identity that nobody knows", `${"0".repeat(32)}-1-1`],
  ])("that comes back %s is refused, and can never roll a product back", async (name, _failure) => {
    const sku = `OLD-${name.length}`;
    const report = await importRows([[sku, "Old hat", "no price", ""]]);
    await pause(1100);
    await importRows([[sku, "New hat", "1", ""]]);
    const [row] = await rowsOf(report.importId);
    const again = await importText(csv([{ ...row!, price: "1", _failure }]));
    expect(again).toMatchObject({ outcomes: { failed: 1 }, failuresByCode: { FAILURE_UNKNOWN: 1 } });
    await pipeline.reprocess({ filter: { importId: again.importId }, includeFinal: true });
    expect(await pipeline.product("simple", sku)).toMatchObject({ body: { name: "New hat" } });
  });
});

describe("SelectFailures whose answer is lost", () => {
  it("takes every dead letter once", async () => {
    const report = await importRows([
      ["LOST1", "Hat", "no price", ""],
      ["LOST2", "Hat", "no price", ""],
    ]);
    let calls = 0;
    pipeline.faults = (call) =>
      call.state === "SelectFailures" && ++calls === 1 ? { after: "Unavailable" } : undefined;
    const { counts } = await pipeline.reprocess({ filter: { importId: report.importId }, includeFinal: true });
    expect(counts).toMatchObject({ selected: 2, failedAgain: 2 });
    expect((await pipeline.deadLetters(report.importId)).map((letter) => letter.attempts)).toEqual([2, 2]);
  });
});
