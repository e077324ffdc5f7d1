import { expect, it } from "vitest";
import { until } from "../../scripts/e2e/until.ts";

it("gives the first answer there is", async () => {
  let asked = 0;
  const answer = await until("An answer", 5, () => Promise.resolve(++asked < 2 ? undefined : asked));
  expect(answer).toBe(2);
});

it("gives up in the end, and says on what", async () => {
  await expect(until("An answer", 0.1, () => Promise.resolve(undefined))).rejects.toThrow(
    "An answer did not come about within 0.1 seconds.",
  );
});
