import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Sandbox } from "./environment.ts";

const root = join(import.meta.dirname, "../..");

/** Path of the `ministack` to run: `MINISTACK`, the project's own virtual environment, or the PATH; undefined where there is none. */
export function findMiniStack(): string | undefined {
  const candidates = [process.env["MINISTACK"], join(root, ".e2e/venv/bin/ministack")];
  const given = candidates.find((path) => path && existsSync(path));
  return given ?? (spawnSync("ministack", ["--help"]).status === 0 ? "ministack" : undefined);
}

/** True where a Python 3 is on the PATH. */
export function hasPython(): boolean {
  return spawnSync("python3", ["--version"]).status === 0;
}

/** A running MiniStack. */
export interface MiniStack {
  /** Ends it and resolves once it is gone. */
  stop(): Promise<void>;
  /** The last lines of what it said. */
  lastWords(): string;
}

/** Starts MiniStack in the sandbox and resolves once it answers; rejects with its last words where it does not. */
export async function startMiniStack(executable: string, { folder, endpoint, variables }: Sandbox): Promise<MiniStack> {
  const log = join(folder, "ministack.log");
  const file = openSync(log, "w");
  const child = spawn(executable, [], { cwd: folder, env: variables, stdio: ["ignore", file, file] });
  const lastWords = () => readFileSync(log, "utf8").split("\n").slice(-40).join("\n");
  for (let wait = 0; wait < 300; wait++) {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with ${child.exitCode}:\n${lastWords()}`);
    if (await isReady(endpoint)) return { stop: () => stop(child), lastWords };
    await pause(100);
  }
  await stop(child);
  throw new Error(`MiniStack did not answer within 30 seconds:\n${lastWords()}`);
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/ready`)).ok;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  if ((await Promise.race([gone, pause(10_000, "still there")])) === "still there") {
    child.kill("SIGKILL");
    await gone;
  }
}
