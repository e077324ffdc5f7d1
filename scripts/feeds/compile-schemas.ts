import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Compiles the schemas, as a build does, where one of them is newer than what was compiled of it: a feed is tried without a build. */
export async function compileSchemas(): Promise<void> {
  const compiled = timesOf(join(root, "build/validators"), ".js");
  const newest = Math.max(...timesOf(join(root, "schemas"), ".schema.json"));
  if (compiled.length > 0 && Math.min(...compiled) >= newest) return;
  const { buildValidators } = await import("../validators.ts");
  buildValidators();
}

function timesOf(folder: string, ending: string): number[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(ending));
  return files.map((name) => statSync(join(folder, name)).mtimeMs);
}
