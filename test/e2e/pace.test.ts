import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookUp, type Answer } from "#enrichment/look-up.ts";
import { Pace } from "../../scripts/e2e/pace.ts";

let pace: Pace;
let url: string;

beforeEach(async () => {
  pace = new Pace();
  url = await pace.start();
});
afterEach(() => {
  pace.stop();
});

async function ask(value: string): Promise<Answer | undefined> {
  const known = new Map<string, Answer>();
  await lookUp({ url, batch: 100, concurrency: 1, timeoutMs: 5_000 }, [value], known);
  return known.get(value);
}

describe("the pace", () => {
  it("answers every value as a reference service does", async () => {
    expect(await ask("a")).toEqual({ pace: "a" });
  });

  it("says so where nobody asks", async () => {
    await expect(pace.hold("a").asked(0.1)).rejects.toThrow("A question about a did not come about");
  });

  it("holds back the answers to one value until they are released, and tells that it was asked", async () => {
    const held = pace.hold("a");
    let answered = false;
    const answer = ask("a").then((given) => {
      answered = true;
      return given;
    });
    await held.asked(5);
    expect(await ask("b")).toEqual({ pace: "b" });
    expect(answered).toBe(false);
    held.release();
    expect(await answer).toEqual({ pace: "a" });
    expect(await ask("a")).toEqual({ pace: "a" });
  });
});
