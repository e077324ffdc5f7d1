import { cpSync, mkdtempSync, rmSync } from "node:fs";
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
  const feeds = mkdtempSync(join(tmpdir(), "product-import-feeds-"));
  for (const folder of ["../../schemas/feeds", "../fixtures/feeds", "../fixtures/cases/feeds"])
    cpSync(join(import.meta.dirname, folder), feeds, { recursive: true });
  await build({ feeds, out });
  project.provide("lambdas", out);
  return () => {
    for (const folder of [out, feeds]) rmSync(folder, { recursive: true, force: true });
  };
}
