import { cpSync } from "node:fs";
import { join } from "node:path";
import { configOf, type Config } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";
import { build, type Built } from "../build.ts";
import { productsFeedFile } from "./stages.ts";

/** The project as it stands, with the feed of the generated products, built and synthesised in a folder. */
export interface BenchStack {
  readonly config: Config;
  /** Terraform JSON, as the engine reads it. */
  readonly file: string;
  /** Folder of the Lambda bundles: `<name>/index.mjs`. */
  readonly bundles: string;
  readonly built: Built;
}

const projectFeeds = join(import.meta.dirname, "../../schemas/feeds");

/** Builds and synthesises into a folder of the bench's own: what others have built stays as it is. */
export async function buildStack(folder: string): Promise<BenchStack> {
  const [feeds, bundles] = [join(folder, "feeds"), join(folder, "lambda")];
  cpSync(projectFeeds, feeds, { recursive: true });
  cpSync(productsFeedFile, join(feeds, "bench.json"));
  const built = await build({ feeds, out: bundles });
  const config = configOf({});
  return { config, file: synthesise({ outdir: join(folder, "stack"), bundles, config }).file, bundles, built };
}
