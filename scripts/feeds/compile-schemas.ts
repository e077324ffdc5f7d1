import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const suffix = ".schema.json";

/** Compiles the schemas, as a build does, where one of them is newer than what was compiled of it: a feed is tried without a build. */
export async function compileSchemas(): Promise<void> {
  const files = readdirSync(join(root, "schemas"), { recursive: true, encoding: "utf8" });
  const names = files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
  const newest = Math.max(...names.map((name) => timeOf("schemas", name + suffix)));
  // What was compiled of a schema that is gone is as old as it likes.
  if (names.every((name) => timeOf("build/validators", `${name}.js`) >= newest)) return;
  const { buildValidators } = await import("../validators.ts");
  buildValidators();
}

/** When a file was written last; 0 where it is not there. */
function timeOf(folder: string, name: string): number {
  return statSync(join(root, folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
