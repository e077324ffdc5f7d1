import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const root = join(import.meta.dirname, "../..");

/** Runs what `npm run feeds -- …` does. */
export async function feeds(...args: string[]) {
  const child = spawn(process.execPath, [join(root, "scripts/feeds.ts"), ...args], { cwd: root });
  const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code: exit[0] as number | null };
}

/** A file of the fixtures. */
export function fixture(name: string): string {
  return join(root, "test/fixtures", name);
}
