import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { setTimeout as pause } from "node:timers/promises";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 3 });

const hats = (letter: string, count: number, name = "Hat") =>
  Array.from({ length: count }, (_, index) => [`${letter}${index}`, name, "1", ""]);

/** Runs the event of a file again as if S3 had sent it at another time. */
async function replayAt(key: string, time: string): Promise<string> {
  const [execution] = pipeline.executionsOf(key);
  const event = JSON.parse(execution!.input) as { time: string };
  const again = pipeline.engine.startExecution(execution!.stateMachineArn, { ...event, time });
  await pipeline.engine.ended(again.executionArn);
  return again.executionArn;
}

describe("the same file twice", () => {
  it("is unchanged the second time, and the products remember the later import", async () => {
    const body = simpleFile(hats("T", 7));
    expect(await pipeline.import("incoming/simple/twice.csv", body)).toMatchObject({ outcomes: { created: 7 } });
    // A bucket without versions tells two versions of the same bytes apart by the second in which they came.
    await pause(1100);
    const second = await pipeline.import("incoming/simple/twice.csv", body);
    expect(second).toMatchObject({ status: "COMPLETED", outcomes: { unchanged: 7 }, balanced: true });
    expect(await pipeline.product("simple", "T0")).toMatchObject({ importId: second.importId });
  });
});

describe("an older file after a newer one", () => {
  it("is superseded: old never beats new", async () => {
    const newer = await pipeline.import("incoming/simple/order-new.csv", simpleFile(hats("O", 4, "New hat")));
    // The older file's event is late: what counts is when the file was dropped, not when its event arrives.
    pipeline.faults = (call) => (call.state === "Receive" ? { before: "TypeError" } : undefined);
    await pipeline.drop("incoming/simple/order-old.csv", simpleFile(hats("O", 4, "Old hat")));
    await pipeline.idle();
    pipeline.faults = () => undefined;
    await replayAt("incoming/simple/order-old.csv", "2020-01-01T00:00:00Z");
    const old = (await pipeline.entries()).find((entry) => entry.file.key === "incoming/simple/order-old.csv")!;
    expect(await pipeline.report(old)).toMatchObject({
      status: "COMPLETED",
      outcomes: { superseded: 4 },
      balanced: true,
    });
    expect(await pipeline.product("simple", "O0")).toMatchObject({
      body: { name: "New hat" },
      importId: newer.importId,
    });
  });

  it("is superseded after an unchanged one too: unchanged advances the source version", async () => {
    await pipeline.import("incoming/simple/advance-1.csv", simpleFile(hats("U", 2)));
    await pause(1100);
    const between = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
    await pause(1100);
    expect(await pipeline.import("incoming/simple/advance-3.csv", simpleFile(hats("U", 2)))).toMatchObject({
      outcomes: { unchanged: 2 },
    });
    pipeline.faults = (call) => (call.state === "Receive" ? { before: "TypeError" } : undefined);
    await pipeline.drop("incoming/simple/advance-2.csv", simpleFile(hats("U", 2, "Late hat")));
    await pipeline.idle();
    pipeline.faults = () => undefined;
    await replayAt("incoming/simple/advance-2.csv", between);
    const late = (await pipeline.entries()).find((entry) => entry.file.key === "incoming/simple/advance-2.csv")!;
    expect(await pipeline.report(late)).toMatchObject({ outcomes: { superseded: 2 } });
    expect(await pipeline.product("simple", "U0")).toMatchObject({ body: { name: "Hat" } });
  });
});

describe("a key that stands several times in one file", () => {
  it.each([1, 3, 50])("ends as its last record says, with %s records a chunk", async (chunkRecords) => {
    const other = new (await import("../support/engine.ts")).Pipeline({ chunkRecords, writeConcurrency: chunkRecords });
    await other.start();
    try {
      const rows = Array.from({ length: 20 }, (_, index) => ["SAME", `Hat ${index + 1}`, "1", ""]);
      const report = await other.import("incoming/simple/same.csv", simpleFile(rows));
      expect(report).toMatchObject({ status: "COMPLETED", balanced: true, records: 20 });
      // Known before the first product is written: the counts are the same however many chunks run side by side.
      expect(report.outcomes).toMatchObject({ created: 1, updated: 0, superseded: 19 });
      expect(report.repeatedKeys).toEqual({ keys: 1, records: 20 });
      expect(report.warnings).toMatchObject([
        {
          ...{ code: "KEY_REPEATED", count: 19 },
          message:
            "1 key stands in 20 records of the file, and only the last record of it was taken: send each key once.",
          examples: [1, 2, 3].map((record) => ({ record, key: "SAME", note: "superseded by record 20" })),
        },
      ]);
      expect(await other.product("simple", "SAME")).toMatchObject({ record: 20, body: { name: "Hat 20" } });
    } finally {
      await other.stop();
    }
  });
});

describe("a file whose every record fails", () => {
  it("is completed with failures, one dead letter a record", async () => {
    const report = await pipeline.import(
      "incoming/simple/all-bad.csv",
      simpleFile(hats("F", 10).map(([sku]) => [sku!, "", "x", "123"])),
    );
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true, outcomes: { failed: 10 } });
    const letters = await pipeline.deadLetters(report.importId);
    expect(letters).toHaveLength(10);
    expect(new Set(letters.map((letter) => letter.id)).size).toBe(10);
  });

  it("tells of a record that breaks several rules all of them", async () => {
    const report = await pipeline.import(
      "incoming/simple/rules.csv",
      simpleFile([["RULES", "Dynamite", "99999", "4006381333932"]]),
    );
    expect(report.failures.map((failure) => failure.code).sort()).toEqual([
      "BAD_BARCODE",
      "PRICE_OUT_OF_RANGE",
      "PROHIBITED_PRODUCT",
    ]);
    expect(report.outcomes.failed).toBe(1);
  });
});

describe("the failed-records CSV", () => {
  const hard = [
    "0017",
    "1E5",
    "  outer spaces  ",
    "🧣",
    "two\nlines",
    '=HYPERLINK("http://x","y")',
    "'quoted",
    "-5",
    "a,b",
    'say "hi"',
  ];

  it("has the original cells whatever they hold, and comes back as it went", async () => {
    const cells = hard.map((cell) => `"${cell.replaceAll('"', '""')}"`);
    const report = await pipeline.import(
      "incoming/simple/hard.csv",
      simpleFile(cells.map((cell, index) => [`H${index}`, cell, "no price", ""])),
    );
    expect(report).toMatchObject({ outcomes: { failed: hard.length } });
    const csv = await pipeline.failedRecords(report.importId);
    // Dropped again as it is, it fails again in the same way, with the same cells.
    const again = await pipeline.import("incoming/simple/hard-again.csv", csv);
    expect(again).toMatchObject({ outcomes: { failed: hard.length }, failuresByCode: report.failuresByCode });
    const twice = await pipeline.failedRecords(again.importId);
    const column = (text: string) =>
      parse(text, { bom: true, columns: true }).map((row) => (row as Record<string, string>)["name"]);
    expect(column(twice)).toEqual(column(csv));
    const [, ...rows] = parse(csv, { bom: true });
    expect(rows.every((row) => row.every((cell) => !/^[=+@\t\r]/.test(cell)))).toBe(true);
  });

  it("keeps the raw text of a record that does not line up, however often it comes back", async () => {
    const report = await pipeline.import("incoming/simple/raw.csv", 'sku,name,price\nR1,Hat\nR2,"a "b",1\n');
    const csv = await pipeline.failedRecords(report.importId);
    const raw = (text: string) =>
      parse(text, { bom: true, columns: true }).map((row) => (row as Record<string, string>)["_raw"]);
    expect(raw(csv)).toEqual(["R1,Hat", 'R2,"a "b",1']);
    const again = await pipeline.import("incoming/simple/raw-again.csv", csv);
    expect(again).toMatchObject({ status: "COMPLETED_WITH_FAILURES", outcomes: { failed: 2 } });
    expect(raw(await pipeline.failedRecords(again.importId))).toEqual(raw(csv));
  });

  it("goes in once its cells are corrected: the bookkeeping columns are never mapped", async () => {
    const report = await pipeline.import(
      "incoming/simple/correct.csv",
      simpleFile([["0018", '"=cmd()"', "no price", ""]]),
    );
    const corrected = (await pipeline.failedRecords(report.importId)).replace("no price", "12.50");
    expect(await pipeline.import("incoming/simple/corrected.csv", corrected)).toMatchObject({
      status: "COMPLETED",
      outcomes: { created: 1 },
    });
    expect(await pipeline.product("simple", "0018")).toMatchObject({
      body: { sku: "0018", name: "=cmd()", price: "12.50" },
    });
    expect((await pipeline.product("simple", "0018"))!.body).not.toHaveProperty("attributes");
  });
});

describe("what upstream systems write", () => {
  it("goes in as UTF-16 with a byte order mark, semicolons and Windows line ends", async () => {
    const text = "\uFEFFsku;name;price\r\nW1;Mütze;1.5\r\nW2;Schal;2\r\n";
    expect(await pipeline.import("incoming/simple/utf16.CSV", Buffer.from(text, "utf16le"))).toMatchObject({
      status: "COMPLETED",
      outcomes: { created: 2 },
    });
    expect(await pipeline.product("simple", "W1")).toMatchObject({ body: { name: "Mütze" } });
  });

  it("goes in in the encoding and with the decimal sign that its feed declares", async () => {
    const text = Buffer.from("Artikel;Größe;Preis\n0017;groß;1,50\n", "latin1");
    expect(await pipeline.import("incoming/quiet/latin.csv", text)).toMatchObject({
      status: "COMPLETED",
      outcomes: { created: 1 },
    });
    expect(await pipeline.product("quiet", "0017")).toMatchObject({
      body: { price: "1.50", attributes: { size: "groß" } },
    });
  });

  it("keeps two suppliers' 0017 apart", async () => {
    await pipeline.import("incoming/simple/0017.csv", simpleFile([["0017", "Other", "1", ""]]));
    expect((await pipeline.product("simple", "0017"))!.body).toMatchObject({ name: "Other" });
    expect((await pipeline.product("quiet", "0017"))!.body).not.toHaveProperty("name");
  });

  it("counts blank lines, and keeps line numbers right around quoted line breaks", async () => {
    const report = await pipeline.import("incoming/simple/lines.csv", 'sku,name,price\nL1,"two\nlines",1\n\nL2,,1\n');
    expect(report).toMatchObject({ records: 3, outcomes: { created: 1, blank: 1, failed: 1 } });
    expect(report.failures).toMatchObject([{ record: 3, line: 5, key: "L2" }]);
  });

  it("keeps columns that the feed does not declare as attributes, where it says so", async () => {
    await pipeline.import("incoming/simple/extra.csv", "sku,name,colour\nE1,Hat,red\n");
    expect(await pipeline.product("simple", "E1")).toMatchObject({ body: { attributes: { colour: "red" } } });
  });
});
