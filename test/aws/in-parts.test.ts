import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { inParts } from "#aws/in-parts.ts";
import { Throttled, Unfinished } from "#errors/infrastructure.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { Interrupted } from "#records/interrupted.ts";
import type { Line } from "#records/line.ts";
import { startS3, type Server } from "../../scripts/local/s3.ts";

const directory = mkdtempSync(join(tmpdir(), "product-import-parts-"));
let server: Server;
let run: typeof inParts;

beforeAll(async () => {
  server = await startS3(directory, ["work"], () => undefined);
  const settings = { AWS_ENDPOINT_URL_S3: server.endpoint, AWS_REGION: "eu-central-1" };
  Object.assign(process.env, settings, { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" });
  const { s3 } = await import("#aws/objects.ts");
  s3.config.forcePathStyle = true;
  run = (await import("#aws/in-parts.ts")).inParts;
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const blank = (record: number): Line => ({ kind: "blank", record, line: record, at: [record, 1] });
const left = (line: Line): Line => ({ ...line, kind: "leftOut" });
const recordsOf = (lines: readonly Line[]) => lines.map(({ record }) => record);
const dead = Symbol("the attempt died");

let chunks = 0;

/** A chunk of so many records, and attempts at it. */
function chunkOf(records: number) {
  const lines = Array.from({ length: records }, (_, index) => blank(index + 1));
  const folder = `imports/${++chunks}/mapping/1`;
  let attempts = 0;
  /** The records of each call of the work. */
  const calls: number[][] = [];
  return {
    calls,
    get attempts() {
      return attempts;
    },
    /** One attempt; it dies where `work` never ends, as if its process were killed. */
    attempt(
      work: (lines: readonly Line[]) => readonly Line[] | typeof dead,
      { owner = "one", remaining = () => 600_000 }: { owner?: string; remaining?: () => number } = {},
    ): Promise<readonly Line[] | typeof dead> {
      const task = { import: { owner } } as unknown as ChunkTask;
      const to = { bucket: "work", key: `${folder}/attempt-${++attempts}.jsonl` };
      return new Promise((resolve, reject) => {
        run({ stage: "Mapping", task, to, remaining }, lines, (part) => {
          calls.push(recordsOf(part));
          const done = work(part);
          if (done !== dead) return done;
          resolve(dead);
          return new Promise<never>(() => undefined);
        }).then(resolve, reject);
      });
    },
  };
}

/** Tries again until an attempt lives. */
async function untilAlive(attempt: () => Promise<readonly Line[] | typeof dead>): Promise<readonly Line[]> {
  for (let tries = 0; tries < 20; tries++) {
    const done = await attempt();
    if (done !== dead) return done;
  }
  throw new Error("Twenty attempts died.");
}

describe("a chunk whose attempts live", () => {
  it("is worked through at once", async () => {
    const chunk = chunkOf(100);
    expect(await chunk.attempt((lines) => lines.map(left))).toHaveLength(100);
    expect(chunk.calls).toHaveLength(1);
  });

  it("without records is none", async () => {
    expect(await chunkOf(0).attempt((lines) => lines)).toEqual([]);
  });
});

describe("an attempt that died", () => {
  it("once costs no record, not even of a chunk of one", async () => {
    for (const records of [1, 2, 100]) {
      const chunk = chunkOf(records);
      let deaths = 0;
      const done = await untilAlive(() => chunk.attempt((lines) => (deaths++ === 0 ? dead : lines.map(left))));
      expect(recordsOf(done)).toEqual(Array.from({ length: records }, (_, index) => index + 1));
      expect(done.every(({ kind }) => kind === "leftOut")).toBe(true);
    }
  });

  it.each([1, 2, 8, 1000, 5000])(
    "of one of %i records each time takes no other along, after few attempts",
    async (records) => {
      const deadly = Math.ceil(records / 3);
      const chunk = chunkOf(records);
      const done = await untilAlive(() =>
        chunk.attempt((lines) => (recordsOf(lines).includes(deadly) ? dead : lines.map(left))),
      );
      expect(recordsOf(done)).toEqual(Array.from({ length: records }, (_, index) => index + 1));
      const failed = done.filter(({ kind }) => kind !== "leftOut");
      expect(failed).toMatchObject([{ kind: "failed", record: deadly, errors: [{ code: "CRASHED" }] }]);
      // All, a part of it, a part of that, and the record twice; and the attempt that lives.
      expect(chunk.attempts).toBeLessThanOrEqual(6);
      // What is done is not done again.
      const worked = chunk.calls.filter((call) => !call.includes(deadly)).flat();
      expect(new Set(worked).size).toBe(worked.length);
    },
  );

  it("of two of them takes no other along", async () => {
    const chunk = chunkOf(1000);
    const deadly = [17, 900];
    const done = await untilAlive(() =>
      chunk.attempt((lines) => (recordsOf(lines).some((one) => deadly.includes(one)) ? dead : lines.map(left))),
    );
    expect(recordsOf(done.filter(({ kind }) => kind === "failed"))).toEqual(deadly);
    expect(chunk.attempts).toBeLessThanOrEqual(11);
  });

  it("in another execution says nothing", async () => {
    const chunk = chunkOf(10);
    await chunk.attempt(() => dead);
    await chunk.attempt((lines) => lines, { owner: "two" });
    expect(chunk.calls.map((call) => call.length)).toEqual([10, 10]);
  });
});

describe("an attempt that had to end", () => {
  it("by an error leaves nothing to suspect", async () => {
    const chunk = chunkOf(10);
    const throttled = chunk.attempt(() => {
      throw new Throttled("Slow down.");
    });
    await expect(throttled).rejects.toThrow(Throttled);
    await chunk.attempt((lines) => lines);
    expect(chunk.calls.map((call) => call.length)).toEqual([10, 10]);
  });

  it("in the middle leaves how far it came, also to one that comes after a death", async () => {
    const chunk = chunkOf(10);
    const interrupted = chunk.attempt((lines) => {
      throw new Interrupted([...lines.slice(0, 6).map(left), ...lines.slice(6)], new Throttled("Slow down."));
    });
    await expect(interrupted).rejects.toThrow(Throttled);
    const seen: string[][] = [];
    const kinds = (lines: readonly Line[]) => seen.push(lines.map(({ kind }) => kind));
    await chunk.attempt((lines) => (kinds(lines), dead));
    const done = await chunk.attempt((lines) => (kinds(lines), lines.map(left)));
    expect(seen.map((one) => one.filter((kind) => kind === "leftOut").length)).toEqual([6, 4, 2, 0]);
    expect(recordsOf(done as Line[])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("for its time is up leaves what is done, and the next goes on", async () => {
    const chunk = chunkOf(1000);
    await chunk.attempt(() => dead);
    let time = 600_000;
    const late = { remaining: () => (time -= 200_000) };
    const cut = chunk.attempt((lines) => lines.map(left), late);
    await expect(cut).rejects.toThrow(Unfinished);
    const before = chunk.calls.length;
    expect(before).toBeGreaterThan(1);
    const done = await chunk.attempt((lines) => lines.map(left));
    expect(done).toHaveLength(1000);
    expect(new Set(chunk.calls.slice(1).flat()).size).toBe(1000);
    expect(chunk.calls.slice(1).flat()).toHaveLength(1000);
  });
});
