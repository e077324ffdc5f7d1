import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Runs a script of this folder in a fresh process, gives it one task, and gives its one answer. The script ends with its
 * channel, so that none outlives the bench.
 */
export async function inChild<Answer>(
  script: string,
  task: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
    env: { ...process.env, ...environment },
    execArgv: [],
    // What a Lambda logs is no part of the figures.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  child.send(task);
  const [answer] = (await Promise.race([
    once(child, "message"),
    ended.then(([code]) => Promise.reject(new Error(`${script} ended with ${String(code)} before it answered.`))),
  ])) as [Answer];
  child.disconnect();
  await ended;
  return answer;
}
