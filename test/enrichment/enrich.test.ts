import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Feed } from "#feeds/compile.ts";
import type { EnrichmentSettings } from "#feeds/feed.ts";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { enrich } from "../../handlers/enrichment/enrich.ts";
import { restructureCsv, smallFeed } from "../stages/run-stages.ts";
import { answering, ReferenceService } from "./reference-service.ts";

const brands = {
  A1: { name: "Acme", country: "DE", premium: true, lines: ["x", "y"] },
  B2: { name: "Brio", country: "" },
};

let service: ReferenceService;
let url: string;
beforeEach(async () => {
  service = new ReferenceService(answering(brands));
  url = await service.start();
});
afterEach(() => service.stop());

function feedWith(settings: Partial<EnrichmentSettings> = {}): Feed {
  return smallFeed({
    columns: { supplier: {} },
    enrichment: {
      url,
      column: "supplier",
      into: { brand: "name", origin: "country", premium: "premium", lines: "lines" },
      ...settings,
    },
    mapping: { brand: "brand", attributes: { origin: "origin", premium: "premium", lines: "lines" } },
  });
}

function enriched(feed: Feed, csv: string): Promise<Line[]> {
  return enrich(feed, restructureCsv(feed, csv), {});
}

test("answers fill the new columns, and the mapping uses them like any other", async () => {
  const feed = feedWith();
  const lines = (await enriched(feed, "id,supplier\n1,A1\n2,B2\n3,\n")).map((line) => mapping(feed, line));
  expect(lines.map((line) => line.kind === "mapped" && line.product)).toEqual([
    { sku: "1", brand: "Acme", attributes: { origin: "DE", premium: true, lines: ["x", "y"] } },
    { sku: "2", brand: "Brio" },
    { sku: "3" },
  ]);
});

test("a value that the service does not know fails its record alone", async () => {
  expect(await enriched(feedWith(), "id,supplier\n1,Z9\n2,A1\n")).toMatchObject([
    {
      kind: "failed",
      record: 1,
      key: "1",
      errors: [
        {
          code: "REFERENCE_NOT_FOUND",
          message:
            'Column "supplier" has "Z9", which the reference service does not know: correct it, or have it added there.',
          column: "supplier",
          value: "Z9",
        },
      ],
    },
    { kind: "restructured", record: 2, cells: ["2", "A1", "Acme", "DE", true, ["x", "y"]] },
  ]);
});

test("each value is asked for once, in batches, some at once", async () => {
  service.respond = (values, response) => {
    const results = Object.fromEntries(values.map((value) => [value, {}]));
    setTimeout(() => response.end(JSON.stringify({ results })), 20);
  };
  const csv = `id,supplier\n${Array.from({ length: 200 }, (_, i) => `${i},s${i % 50}\n`).join("")}`;
  await enriched(feedWith({ batch: 4, concurrency: 3 }), csv);
  expect(service.asked.flat().sort()).toEqual(Array.from({ length: 50 }, (_, i) => `s${i}`).sort());
  expect(service.asked).toHaveLength(13);
  expect(service.mostAtOnce).toBe(3);
});

test("a chunk without values asks nothing, and failed and blank lines pass", async () => {
  const lines = await enriched(feedWith(), "id,supplier\n\n,A1\n3,\n");
  expect(lines.map(({ kind }) => kind)).toEqual(["blank", "failed", "restructured"]);
  expect(service.asked).toEqual([]);
});

test("values that are names of the language are looked up like others", async () => {
  service.respond = (_, response) => response.end('{"results":{"__proto__":{"name":"P"},"constructor":null}}');
  expect(await enriched(feedWith(), "id,supplier\n1,__proto__\n2,constructor\n")).toMatchObject([
    { cells: ["1", "__proto__", "P", null, null, null] },
    { kind: "failed" },
  ]);
});

test("the URL can come from the environment, and its absence is told by its name", async () => {
  const feed = feedWith({ url: { environment: "BRANDS_URL" } });
  const lines = restructureCsv(feed, "id,supplier\n1,A1\n");
  expect(await enrich(feed, lines, { BRANDS_URL: url })).toMatchObject([
    { cells: ["1", "A1", "Acme", "DE", true, ["x", "y"]] },
  ]);
  await expect(enrich(feed, lines, {})).rejects.toThrow(
    "Feed small takes the URL of its reference service from BRANDS_URL, which is not set to a URL.",
  );
});

describe("a service that fails ends the call with an error that the state machine knows", () => {
  const csv = "id,supplier\n1,A1\n";

  test.each([
    [429, "EnrichmentThrottled"],
    [500, "EnrichmentUnavailable"],
    [503, "EnrichmentUnavailable"],
    [400, "EnrichmentBadAnswer"],
    [404, "EnrichmentBadAnswer"],
    [302, "EnrichmentBadAnswer"],
    [204, "EnrichmentBadAnswer"],
  ])("%d is %s", async (status, name) => {
    service.respond = (_, response) => response.writeHead(status, status === 302 ? { location: url } : {}).end();
    await expect(enriched(feedWith(), csv)).rejects.toMatchObject({ name });
    expect(service.asked).toHaveLength(1);
  });

  test.each([
    ["no JSON", "<html>"],
    ["nothing", ""],
    ["no results", "{}"],
    ["results that are a list", '{"results":[]}'],
    ["no answer for the value", '{"results":{"a1":{}}}'],
    ["an answer that is text", '{"results":{"A1":"Acme"}}'],
    ["a field that is a number", '{"results":{"A1":{"name":5}}}'],
    ["a field that is an object", '{"results":{"A1":{"name":{}}}}'],
  ])("%s is EnrichmentBadAnswer", async (_, body) => {
    service.respond = (_values, response) => response.end(body);
    await expect(enriched(feedWith(), csv)).rejects.toMatchObject({ name: "EnrichmentBadAnswer" });
  });

  test("no answer in time is EnrichmentTimedOut", async () => {
    service.respond = () => undefined;
    await expect(enriched(feedWith({ timeoutMs: 50 }), csv)).rejects.toMatchObject({
      name: "EnrichmentTimedOut",
      message: `The reference service ${url} did not answer within 50 ms.`,
    });
  });

  test("half an answer in time is EnrichmentTimedOut", async () => {
    service.respond = (_, response) => response.write('{"results":');
    await expect(enriched(feedWith({ timeoutMs: 50 }), csv)).rejects.toMatchObject({ name: "EnrichmentTimedOut" });
  });

  test("a connection that breaks is EnrichmentUnavailable", async () => {
    service.respond = (_, response) => response.socket?.destroy();
    await expect(enriched(feedWith(), csv)).rejects.toMatchObject({ name: "EnrichmentUnavailable" });
  });

  test("nobody there is EnrichmentUnavailable, with the reason", async () => {
    const feed = feedWith({ url: "http://127.0.0.1:1/brands?token=secret" });
    await expect(enriched(feed, csv)).rejects.toMatchObject({
      name: "EnrichmentUnavailable",
      message: expect.stringMatching(
        /^The reference service http:\/\/127\.0\.0\.1:1\/brands could not be reached: [^?]+\.$/,
      ) as unknown,
    });
  });

  test("no answer for a value that every object seems to have is EnrichmentBadAnswer", async () => {
    service.respond = (_, response) => response.end('{"results":{}}');
    await expect(enriched(feedWith(), "id,supplier\n1,__proto__\n")).rejects.toMatchObject({
      name: "EnrichmentBadAnswer",
      message: `The reference service ${url} was asked for 1 values, one of which has no answer.`,
    });
  });

  test("the first failure ends the requests under way", async () => {
    const ended = new Promise<string>((resolve) => {
      service.respond = ([value], response) => {
        if (value === "s0")
          response.on("close", () => {
            resolve("ended");
          });
        else response.writeHead(503).end();
      };
    });
    const feed = feedWith({ batch: 1, concurrency: 2, timeoutMs: 20_000 });
    await expect(enriched(feed, "id,supplier\n1,s0\n2,s1\n")).rejects.toMatchObject({ name: "EnrichmentUnavailable" });
    expect(await ended).toBe("ended");
  }, 5000);

  test("the first failure stops the requests that would follow", async () => {
    service.respond = (_, response) => response.writeHead(503).end();
    const many = `id,supplier\n${Array.from({ length: 100 }, (_, i) => `${i},s${i}\n`).join("")}`;
    await expect(enriched(feedWith({ batch: 1, concurrency: 2 }), many)).rejects.toMatchObject({
      name: "EnrichmentUnavailable",
    });
    expect(service.asked.length).toBeLessThanOrEqual(3);
  });
});
