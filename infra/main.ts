import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { configOf, ImpossibleConfig, readConfig, stackName, type Config } from "./config.ts";
import { deployerPolicy } from "./deployer-policy.ts";
import { ImportStack } from "./import-stack.ts";

const root = join(import.meta.dirname, "..");
const providerLock = ".terraform.lock.hcl";

export interface SynthesiseOptions {
  /** Folder that gets the Terraform configuration. */
  readonly outdir: string;
  readonly config?: Config;
  /** Folder of the Lambda bundles; `dist/lambda` by default. */
  readonly bundles?: string;
  /** Folder of the state machines; `state-machines` by default. */
  readonly definitions?: string;
  /** Where Terraform keeps its state. */
  readonly stateFile?: string;
}

/** What was synthesised. */
export interface Synthesised {
  /** Folder to run Terraform in. */
  readonly folder: string;
  /** The configuration in it, as Terraform JSON. */
  readonly file: string;
}

/** Writes the stack as Terraform JSON. Throws, with a sentence, on what could never be deployed. */
export function synthesise({
  outdir,
  config = configOf({}),
  bundles = join(root, "dist/lambda"),
  definitions = join(root, "state-machines"),
  stateFile,
}: SynthesiseOptions): Synthesised {
  const app = new App({ outdir: resolve(outdir) });
  const name = stackName(config);
  new ImportStack(app, name, { config, bundles, definitions, ...(stateFile && { stateFile }) });
  app.synth();
  const folder = join(app.outdir, "stacks", name);
  // Terraform looks for it where it runs, and takes no other provider than the one that this knows by its hashes.
  copyFileSync(join(root, providerLock), join(folder, providerLock));
  const file = join(folder, "cdk.tf.json");
  const { resource } = JSON.parse(readFileSync(file, "utf8")) as { readonly resource: object };
  writeFileSync(join(folder, "deployer-policy.json"), deployerPolicy(config, Object.keys(resource)));
  return { folder, file };
}

/** What `npm run synth` and the cdktf CLI run; the CLI names its folder by CDKTF_OUTDIR. */
function main(): void {
  try {
    const outdir = process.env["CDKTF_OUTDIR"] ?? join(root, "cdktf.out");
    const config = readConfig(process.env);
    const { folder } = synthesise({ outdir, config });
    if (config.environment === "prod" && config.alarmAddresses.length === 0)
      console.error("There are no alarmAddresses: the alarms of prod tell nobody.");
    console.log(`Synthesised ${folder}`);
  } catch (error) {
    if (!(error instanceof ImpossibleConfig)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (import.meta.main) main();
