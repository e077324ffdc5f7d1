import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pipeline } from "../support/engine.ts";

/** A reference service that can be told how to answer. */
let answer: (values: string[]) => { status: number; body: string } = () => ({ status: 503, body: "" });
const server: Server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const { values } = JSON.parse(Buffer.concat(parts).toString()) as { values: string[] };
    const { status, body } = answer(values);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
});
const knows = (values: string[]) => ({
  status: 200,
  body: JSON.stringify({
    results: Object.fromEntries(values.map((value) => [value, value === "??" ? null : { name: `Brand ${value}` }])),
  }),
});
const file = (sku: string, codes: readonly string[]) =>
  `sku,name,brandCode\n${codes.map((code, index) => `${sku}${index},Hat,${code}\n`).join("")}`;

let pipeline: Pipeline;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  pipeline = new Pipeline({ services: { REFERENCE_URL: `http://127.0.0.1:${port}/` } });
  await pipeline.start();
});
afterAll(async () => {
  await pipeline.stop();
  await new Promise((resolve) => server.close(resolve));
});

describe("a feed whose reference service", () => {
  it("answers gets its products enriched, and a value that it does not know fails alone", async () => {
    answer = knows;
    const report = await pipeline.import("incoming/enriched/up.csv", file("UP", ["a", "??", ""]));
    expect(report).toMatchObject({
      outcomes: { created: 2, failed: 1 },
      failures: [{ code: "REFERENCE_NOT_FOUND", column: "brandCode" }],
    });
    expect(await pipeline.product("enriched", "UP0")).toMatchObject({ body: { brand: "Brand a" } });
  });

  it.each([
    ["is down", 503, "", "SERVICE_UNAVAILABLE"],
    ["throttles", 429, "", "THROTTLED"],
    ["answers nonsense", 200, "<html>", "SERVICE_BAD_ANSWER"],
  ])("%s gets its records dead-lettered under a code that says so", async (name, status, body, code) => {
    answer = () => ({ status, body });
    const report = await pipeline.import(`incoming/enriched/${code}.csv`, file(code, ["a"]));
    expect(report, name).toMatchObject({
      status: "COMPLETED_WITH_FAILURES",
      balanced: true,
      failuresByCode: { [code]: 1 },
    });
    expect(await pipeline.deadLetters(report.importId)).toMatchObject([{ heals: code !== "SERVICE_BAD_ANSWER" }]);
  });

  it("passes out for a moment is asked again, and no record fails", async () => {
    let calls = 0;
    answer = (values) => (++calls < 3 ? { status: 503, body: "" } : knows(values));
    expect(await pipeline.import("incoming/enriched/moment.csv", file("MOMENT", ["a"]))).toMatchObject({
      status: "COMPLETED",
    });
    expect(calls).toBe(3);
  });

  it("is up again gets all closed by the scheduled run, once they are old enough, and by nobody's hand", async () => {
    answer = () => ({ status: 503, body: "" });
    const report = await pipeline.import("incoming/enriched/down.csv", file("DOWN", ["a", "b", "c"]));
    expect(report).toMatchObject({ outcomes: { failed: 3 } });
    answer = knows;
    const scheduled = {
      who: "schedule",
      reason: "scheduled",
      growingDistance: true,
      filter: { importId: report.importId },
    };
    expect((await pipeline.reprocess(scheduled)).counts).toMatchObject({ selected: 0, skipped: { tooSoon: 3 } });
    for (const letter of await pipeline.deadLetters(report.importId))
      await pipeline.age(letter, "2026-01-01T00:00:00.000Z");
    expect((await pipeline.reprocess(scheduled)).counts).toMatchObject({ selected: 3, resolved: 3 });
    expect((await pipeline.deadLetters(report.importId)).map((letter) => letter.status)).toEqual([
      "RESOLVED",
      "RESOLVED",
      "RESOLVED",
    ]);
    expect(await pipeline.product("enriched", "DOWN2")).toMatchObject({ body: { brand: "Brand c" } });
  });
});
