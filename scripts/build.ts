import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build as bundle } from "esbuild";
import { zipSync } from "fflate";
import type { InvalidFeed } from "#feeds/invalid-feed.ts";
import { buildValidators } from "./validators.ts";

const root = join(import.meta.dirname, "..");

export interface BuildOptions {
  /** Folder of the feeds to deploy; the project's own by default. */
  readonly feeds?: string;
  /** Folder of what they share: `references` and `catalogs` in it; the project's own by default. */
  readonly shared?: string;
  /** Folder that gets one folder a Lambda, and the same as `<name>.zip`. */
  readonly out?: string;
  /** Is told of each feed that is wrong, which is then left out; without it such a feed is thrown. */
  readonly leaveOut?: (broken: InvalidFeed) => void;
}

/** What was built: the Lambdas by name, each with the size of its bundle in bytes. */
export type Built = ReadonlyMap<string, number>;

/**
 * Compiles the schemas, checks the feeds, and bundles every file directly in handlers/ into `<out>/<name>/index.mjs`, with the
 * feeds, and what these share, beside it, and all into `<out>/<name>.zip`; the same sources make the same bytes. Throws InvalidFeed where a feed
 * is wrong: nothing with a broken feed is ever deployed. What runs on one machine may leave it out.
 */
export async function build({
  feeds = join(root, "schemas/feeds"),
  shared = join(root, "schemas"),
  out = join(root, "dist/lambda"),
  leaveOut,
}: BuildOptions = {}): Promise<Built> {
  buildValidators();
  // Loaded late: it needs the validators of the line above.
  const { readFeeds, sharedIn } = await import("#feeds/load.ts");
  const { catalogNames } = await import("#catalogs/load.ts");
  const { catalogs, references } = sharedIn(shared);
  // A catalog that no feed fills yet is checked all the same.
  for (const name of catalogNames(join(shared, "catalogs"))) if (leaveOut === undefined) catalogs(name);
  const { broken } = readFeeds(feeds, { catalogs, references });
  for (const error of broken.values()) {
    if (leaveOut === undefined) throw error;
    leaveOut(error);
  }
  return bundleLambdas(feeds, out, new Set([...broken.keys()].map((name) => `${name}.json`)), shared);
}

/** The last part of a build: bundles the handlers, whose schemas are compiled and whose feeds are right, but for files that are left out. */
export async function bundleLambdas(
  feeds: string,
  out: string,
  leftOut: ReadonlySet<string> = new Set(),
  shared = join(root, "schemas"),
): Promise<Built> {
  rmSync(out, { recursive: true, force: true });
  const names = readdirSync(join(root, "handlers"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => basename(name, ".ts"));
  await bundle({
    entryPoints: names.map((name) => ({ in: join(root, "handlers", `${name}.ts`), out: `${name}/index` })),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    minify: true,
    legalComments: "none",
    mainFields: ["module", "main"],
    // CommonJS dependencies call require, which an ES module does not have.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  });
  return new Map(
    names.map((name) => {
      mkdirSync(join(out, name), { recursive: true });
      cpSync(feeds, join(out, name, "feeds"), { recursive: true, filter: (path) => !leftOut.has(basename(path)) });
      for (const folder of ["references", "catalogs"])
        if (existsSync(join(shared, folder)))
          cpSync(join(shared, folder), join(out, name, folder), { recursive: true });
      writeFileSync(join(out, `${name}.zip`), zipOf(join(out, name)));
      return [name, statSync(join(out, name, "index.mjs")).size];
    }),
  );
}

/** A folder as a zip in which every file is as old as the format knows: else each build would be a new deploy. */
function zipOf(folder: string): Uint8Array {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
  const contents = files.map((name) => [name, readFileSync(join(folder, name))]);
  return zipSync(Object.fromEntries(contents) as Record<string, Uint8Array>, { mtime: new Date(1980, 0, 1), level: 6 });
}

if (import.meta.main) {
  try {
    const built = await build();
    const [largest, bytes] = [...built].sort(([, a], [, b]) => b - a)[0]!;
    console.log(`Built ${built.size} Lambdas; the largest, ${largest}, has ${Math.round(bytes / 1000)} kB.`);
  } catch (error) {
    // A wrong feed is its author's to mend, who needs its sentences; its class is loaded late, as above.
    if (!["InvalidFeed", "InvalidCatalog"].includes((error as Error).name)) throw error;
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
