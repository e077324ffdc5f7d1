import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";
import { namingOf, type Naming } from "../../infra/naming.ts";
import { Terraform } from "../terraform.ts";
import { CdktfCli } from "./cdktf-cli.ts";
import type { Cloud } from "./cloud.ts";
import type { Sandbox } from "./environment.ts";
import type { Progress } from "./progress.ts";

/** What an environment is to be: its settings, and the folder of its Lambdas. */
export interface Declared {
  readonly config: Config;
  readonly bundles: string;
}

/** The stack's outputs by name. */
export type StackOutputs = Readonly<Record<string, string>>;

/** One environment of the stack on the emulator, with a Terraform folder of its own. */
export class Deployment {
  readonly terraform: Terraform;
  readonly name: string;
  readonly naming: Naming;
  readonly folder: string;
  readonly #sandbox: Sandbox;
  readonly #file: string;
  readonly #cdktf: CdktfCli | undefined;

  /** `signal` ends what Terraform does. With `cdktf`, the CLI's path, that makes and destroys it, of the Lambdas that its own build makes. */
  constructor(sandbox: Sandbox, declared: Declared, signal: AbortSignal, cdktf?: string) {
    this.#sandbox = sandbox;
    const { folder, file } = this.declare(declared);
    this.name = declared.config.environment;
    this.naming = namingOf(declared.config);
    this.folder = folder;
    this.#file = file;
    this.terraform = new Terraform(folder, sandbox.variables, signal);
    const { config } = declared;
    const outdir = this.#outdir(config);
    this.#cdktf = cdktf ? new CdktfCli({ executable: cdktf, sandbox, config, outdir, signal }) : undefined;
  }

  /** Writes what the environment is to be from now on; the next plan or apply goes by it. */
  declare({ config, bundles }: Declared): ReturnType<typeof synthesise> {
    return synthesise({ outdir: this.#outdir(config), config, bundles, stateFile: "terraform.tfstate" });
  }

  #outdir({ environment }: Config): string {
    return join(this.#sandbox.folder, environment);
  }

  /** Makes what is declared, for the first time, and gives its outputs. */
  async apply(progress: Progress): Promise<StackOutputs> {
    const cdktf = this.#cdktf;
    if (cdktf) {
      await progress.step(`cdktf deploy ${this.name}`, () => cdktf.apply());
    } else {
      await this.terraform.init();
      await progress.step(`terraform apply ${this.name}`, () => this.terraform.apply());
    }
    return this.terraform.outputs();
  }

  /** Removes it with all that its buckets hold. */
  async destroy(aws: Cloud, progress: Progress): Promise<void> {
    const outputs = await this.terraform.outputs();
    // Where a key has a +, the provider asks the emulator for ever what is left.
    for (const bucket of ["inbox_bucket", "work_bucket", "archive_bucket"]) await aws.empty(outputs[bucket]!);
    const tool = this.#cdktf ? "cdktf" : "terraform";
    await progress.step(`${tool} destroy ${this.name}`, () => (this.#cdktf ?? this.terraform).destroy());
    progress.check(`Terraform manages nothing of ${this.name} any more`, await this.terraform.managed(), []);
  }

  /** Addresses of the resources that are declared. */
  declares(): string[] {
    const { resource } = JSON.parse(readFileSync(this.#file, "utf8")) as { resource: Record<string, object> };
    return Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));
  }
}
