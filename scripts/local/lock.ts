import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** What the lock file of a data directory says of the engine that holds it. */
export interface Holder {
  readonly pid: number;
  /** The DynamoDB server's process, which may outlive a killed engine by a moment. */
  readonly databasePid?: number;
  /** Settings that reach the engine, once it is up. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Takes the lock of a data directory, from a dead engine too; refuses while another engine holds it. */
export async function takeLock(file: string): Promise<void> {
  const mine = JSON.stringify({ pid: process.pid } satisfies Holder);
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: "wx" });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readLock(file);
    if (holder && isAlive(holder.pid))
      throw new Error(
        `Another engine (process ${holder.pid}) works on this data directory; stop it, or choose another by --data-dir.`,
      );
    for (let waits = 0; waits < 100 && holder?.databasePid && isAlive(holder.databasePid); waits++) await sleep(50);
    rmSync(file, { force: true });
  }
}

/** Adds to the lock what others may want to know of its holder. */
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

/** True while a process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
