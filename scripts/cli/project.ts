import { join } from "node:path";
import { readConfig } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";
import { build } from "../build.ts";
import { startEngine, type Engine } from "../local/engine.ts";

/** Builds and synthesises the project as it stands, and starts the engine with it; warnings go to stderr. */
export function startProject(dataDir: string): Promise<Engine> {
  return startEngine({
    dataDir,
    // Inside the data directory, and only once its lock is held: another engine's code stays as it is.
    stackFile: async () => {
      const bundles = join(dataDir, "lambda");
      await build({ out: bundles });
      return synthesise({ outdir: join(dataDir, "stack"), bundles, config: readConfig(process.env) }).file;
    },
    log: (line) => {
      console.error(line);
    },
  });
}
