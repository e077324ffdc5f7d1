import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Synthesised } from "./synthesised.ts";

/** What checkov says of one resource. */
export interface Finding {
  readonly check_id: string;
  readonly check_name: string;
  /** `<type>.<name>`, or `resource.<name>`; names are unique in a stack. */
  readonly resource: string;
}

/** What checkov says of a stack. */
export interface Findings {
  readonly passed: readonly Finding[];
  readonly failed: readonly Finding[];
}

/** How to get what `findCheckov` did not find. */
export const installCheckov = "python3 -m venv .e2e/checkov && .e2e/checkov/bin/pip install checkov==3.3.30";

/** Path of the `checkov` to run: `CHECKOV`, the project's own virtual environment, or the PATH; undefined where there is none. */
export function findCheckov(): string | undefined {
  const root = join(import.meta.dirname, "../..");
  const candidates = [process.env["CHECKOV"], join(root, ".e2e/checkov/bin/checkov")];
  const given = candidates.find((path) => path && existsSync(path));
  return given ?? (spawnSync("checkov", ["--version"]).status === 0 ? "checkov" : undefined);
}

/** Runs checkov on a stack, without the network. Throws where it does not come to an answer. */
export function runCheckov(checkov: string, { folder }: Synthesised): Findings {
  const file = ["--file", join(folder, "cdk.tf.json"), "--framework", "terraform_json"];
  const { stdout, stderr, error } = spawnSync(checkov, [...file, "--skip-download", "--compact", "--output", "json"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 ** 2,
  });
  if (error) throw error;
  try {
    const { results } = JSON.parse(stdout) as {
      readonly results: Record<"passed_checks" | "failed_checks", Finding[]> & { readonly parsing_errors: string[] };
    };
    if (results.parsing_errors.length > 0) throw new Error(`It cannot read ${results.parsing_errors.join(", ")}.`);
    return { passed: results.passed_checks, failed: results.failed_checks };
  } catch (cause) {
    throw new Error(`checkov has no answer: ${stdout.slice(0, 500)} ${stderr.slice(-500)}`, { cause });
  }
}
