import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Config } from "../../infra/config.ts";
import { quiet } from "../terraform.ts";
import type { Sandbox } from "./environment.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** Path of the cdktf CLI to run: `CDKTF`, or the project's own install of it; undefined where there is none. */
export function findCdktf(): string | undefined {
  const candidates = [process.env["CDKTF"], join(root, ".e2e/cli/node_modules/.bin/cdktf")];
  return candidates.find((path) => path && existsSync(path));
}

export interface CdktfCliProps {
  readonly executable: string;
  readonly sandbox: Sandbox;
  /** What is deployed: it is written into a file, which the CLI's app reads by `IMPORT_CONFIG`. */
  readonly config: Config;
  /** Folder that gets the Terraform configuration. */
  readonly outdir: string;
  /** Ends a command that runs. */
  readonly signal: AbortSignal;
}

/** The cdktf CLI, run as the README has a platform team run it: in the project, with settings from a file. It rejects with the CLI's own words. */
export class CdktfCli {
  readonly #props: CdktfCliProps;

  constructor(props: CdktfCliProps) {
    this.#props = props;
  }

  /** Builds, synthesises, plans and applies. What was built before is removed: the CLI's app must build it. */
  async apply(): Promise<void> {
    rmSync(join(root, "dist/lambda"), { recursive: true, force: true });
    await this.#cdktf("deploy");
  }

  async destroy(): Promise<void> {
    await this.#cdktf("destroy");
  }

  async #cdktf(command: string): Promise<void> {
    const { executable, sandbox, config, outdir, signal } = this.#props;
    const settings = join(sandbox.folder, `${config.environment}.json`);
    writeFileSync(settings, JSON.stringify(config));
    const plugins = process.env["TF_PLUGIN_DIR"];
    // A lock file for every platform comes from the registry, which a folder of plugins stands in for.
    const lock = plugins ? ["--skip-provider-lock"] : [];
    await run(executable, [command, "--auto-approve", "--no-color", "--output", outdir, ...lock], {
      cwd: root,
      env: quiet({
        ...sandbox.variables,
        IMPORT_CONFIG: settings,
        CI: "true",
        ...(plugins && { TF_CLI_ARGS_init: `-plugin-dir=${plugins}` }),
      }),
      signal,
      maxBuffer: 256 * 1024 ** 2,
    });
  }
}
