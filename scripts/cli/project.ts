import { join } from "node:path";
import { readConfig } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";
import { build } from "../build.ts";
import { startEngine, type Engine } from "../local/engine.ts";
import { leftOutText } from "./broken-feeds.ts";

/**
 * Builds and synthesises the project as it stands, and starts the engine with it; warnings go to stderr. A feed that is wrong is told
 * and left out, but for the one that is needed: then InvalidFeed is thrown.
 */
export function startProject(dataDir: string, needed?: string): Promise<Engine> {
  return startEngine({
    dataDir,
    // Inside the data directory, and only once its lock is held: another engine's code stays as it is.
    stackFile: async () => {
      const bundles = join(dataDir, "lambda");
      await build({
        out: bundles,
        leaveOut: (broken) => {
          if (broken.feed === needed) throw broken;
          console.error(leftOutText(broken));
        },
      });
      return synthesise({ outdir: join(dataDir, "stack"), bundles, config: readConfig(process.env) }).file;
    },
    log: (line) => {
      console.error(line);
    },
  });
}
