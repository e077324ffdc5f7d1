import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** One planned change of a resource, as `terraform show -json` tells it. */
export interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

/** True where a `terraform` is on the PATH. */
export function hasTerraform(): boolean {
  return spawnSync("terraform", ["version"], { env: quiet(process.env) }).status === 0;
}

/**
 * Terraform in one folder, under one environment. Providers come from the folder that `TF_PLUGIN_DIR` names, where it is set,
 * else from Terraform's registry. Every method rejects with Terraform's own words.
 */
export class Terraform {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal | undefined;

  /** `signal` ends a command that runs. */
  constructor(folder: string, environment: NodeJS.ProcessEnv, signal?: AbortSignal) {
    this.#folder = folder;
    this.#environment = quiet(environment);
    this.#signal = signal;
  }

  async init({ backend = true } = {}): Promise<void> {
    const plugins = process.env["TF_PLUGIN_DIR"];
    await this.#terraform("init", `-backend=${backend}`, ...(plugins ? [`-plugin-dir=${plugins}`] : []));
  }

  /** The errors of the configuration, one sentence each; none where it is valid. */
  async validate(): Promise<string[]> {
    const { diagnostics } = JSON.parse(await this.#terraform("validate", "-json").catch(outputOf)) as {
      readonly diagnostics: readonly {
        readonly severity: string;
        readonly summary: string;
        readonly detail?: string;
      }[];
    };
    return diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ summary, detail }) => `${summary}: ${detail ?? ""}`);
  }

  async apply(): Promise<void> {
    await this.#terraform("apply", "-auto-approve");
  }

  /** The changes that an apply would make now; none where what stands is what is declared. */
  async plan(): Promise<ResourceChange[]> {
    await this.#terraform("plan", "-out=checked.tfplan");
    const shown = JSON.parse(await this.#terraform("show", "-json", "checked.tfplan")) as {
      readonly resource_changes?: readonly ResourceChange[];
    };
    return (shown.resource_changes ?? []).filter(({ change }) => change.actions.some((action) => action !== "no-op"));
  }

  async destroy(): Promise<void> {
    await this.#terraform("destroy", "-auto-approve");
  }

  /** The stack's outputs by name. */
  async outputs(): Promise<Record<string, string>> {
    const outputs = JSON.parse(await this.#terraform("output", "-json")) as Record<string, { readonly value: string }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Addresses of what Terraform holds itself responsible for. */
  async managed(): Promise<string[]> {
    return (await this.#terraform("state", "list")).split("\n").filter((address) => address !== "");
  }

  async #terraform(command: string, ...options: string[]): Promise<string> {
    const noInput = ["init", "plan", "apply", "destroy"].includes(command) ? ["-input=false"] : [];
    const plain = ["show", "output", "state"].includes(command) ? [] : ["-no-color"];
    // Twice Terraform's own: most of the stack's resources are small and wait for nothing but an answer.
    const parallel = ["plan", "apply", "destroy"].includes(command) ? ["-parallelism=20"] : [];
    const { stdout } = await run("terraform", [command, ...noInput, ...plain, ...parallel, ...options], {
      cwd: this.#folder,
      env: this.#environment,
      ...(this.#signal && { signal: this.#signal }),
      maxBuffer: 256 * 1024 ** 2,
    });
    return stdout;
  }
}

/** An environment in which Terraform looks for no new versions and gives no hints for people. */
export function quiet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}

/** `validate -json` tells of errors on its output, with an exit code. */
function outputOf(error: unknown): string {
  const { stdout } = error as { readonly stdout?: string };
  if (!stdout) throw error;
  return stdout;
}
