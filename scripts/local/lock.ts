import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What the lock file of a data directory says of the engine that holds it. */
export interface Holder {
  readonly pid: number;
  /** The DynamoDB server's process, which outlives a killed engine by a moment. */
  readonly databasePid?: number;
  /** Settings that reach the engine, once it is up. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Takes the lock of a data directory, from a dead engine too; refuses, in a sentence, while another engine holds it. */
export async function takeLock(file: string): Promise<void> {
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid } satisfies Holder), { flag: "wx" });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const { pid, databasePid } = readLock(file) ?? {};
    if (isAlive(pid))
      throw new Error(
        `Another engine (process ${pid}) works on this data directory; stop it, or use another --data-dir.`,
      );
    for (let waits = 0; waits < 100 && isAlive(databasePid); waits++) await sleep(50);
    rmSync(file, { force: true });
  }
}

/** Adds to one's own lock what others may want to know. */
export function describeLock(file: string, holder: Omit<Holder, "pid">): void {
  writeFileSync(file, JSON.stringify({ pid: process.pid, ...holder } satisfies Holder));
}

/** The holder of a data directory's lock; undefined where nobody holds it. */
export function readLock(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number | undefined): pid is number {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
