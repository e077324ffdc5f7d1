import { setTimeout as pause } from "node:timers/promises";

/** Asks again and again until there is an answer, and gives it. Throws after `seconds`, naming what was waited for. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come about within ${seconds} seconds.`);
    await pause(200);
  }
}
