import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { inOrderAtOnce } from "#records/concurrently.ts";

it("hands results on in the order of the items, whichever is ready first", async () => {
  const taken: number[] = [];
  let [running, most] = [0, 0];
  await inOrderAtOnce(
    [30, 1, 20, 2, 10],
    3,
    async (milliseconds) => {
      most = Math.max(most, ++running);
      await pause(milliseconds);
      running -= 1;
      return milliseconds;
    },
    async (result) => void taken.push(await Promise.resolve(result)),
  );
  expect([taken, most]).toEqual([[30, 1, 20, 2, 10], 3]);
});

it("throws what the work throws, and leaves nobody waiting", async () => {
  const work = async (item: number) => (item === 2 ? Promise.reject(new Error("no")) : Promise.resolve(item));
  await expect(inOrderAtOnce([1, 2, 3, 4], 2, work, () => Promise.resolve())).rejects.toThrow("no");
});
