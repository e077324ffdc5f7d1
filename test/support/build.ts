import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { build } from "../../scripts/build.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the bundled Lambdas, with the project's feeds and those of test/fixtures. */
    lambdas: string;
  }
}

/** Bundles the Lambdas once for all tests, with feeds that exist only in the tests: adding a feed touches no code. */
export default async function setup(project: TestProject): Promise<() => void> {
  const out = mkdtempSync(join(tmpdir(), "product-import-lambdas-"));
  const shared = mkdtempSync(join(tmpdir(), "product-import-feeds-"));
  const feeds = join(shared, "feeds");
  for (const folder of ["../../schemas", "../fixtures"])
    for (const name of ["references", "catalogs"])
      if (existsSync(join(import.meta.dirname, folder, name)))
        cpSync(join(import.meta.dirname, folder, name), join(shared, name), { recursive: true });
  for (const folder of ["../../schemas/feeds", "../fixtures/feeds", "../fixtures/cases/feeds"])
    cpSync(join(import.meta.dirname, folder), feeds, { recursive: true });
  await build({ feeds, shared, out });
  project.provide("lambdas", out);
  return () => {
    for (const folder of [out, shared]) rmSync(folder, { recursive: true, force: true });
  };
}
