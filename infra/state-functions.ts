import { Construct } from "constructs";
import type { Config } from "./config.ts";
import type { DataKey } from "./data-key.ts";
import type { Fillings } from "./definition.ts";
import type { Naming } from "./naming.ts";
import { NodeFunction, type NodeFunctionProps } from "./node-function.ts";
import type { Grantee } from "./policy.ts";

export interface FunctionSettings {
  readonly config: Config;
  readonly naming: Naming;
  readonly key: DataKey;
  /** What logs and metrics call the stack. */
  readonly service: string;
  /** Folder that `npm run build` fills. */
  readonly bundles: string;
}

/** What one Lambda has that the standard one has not. */
export type Differs = Pick<
  Partial<NodeFunctionProps>,
  "memoryMegabytes" | "timeoutSeconds" | "diskMegabytes" | "reservedConcurrency"
>;

/** For what computes: 1,769 MB come with one whole processor, and more of them would idle. */
export const wholeProcessor: Differs = { memoryMegabytes: 1769 };
/** For what goes through a whole file or a whole run; below the 900 seconds of its Task. */
export const untilDone: Differs = { ...wholeProcessor, timeoutSeconds: 840 };

/** The Lambdas of a state machine, as the machine needs them. */
export class StateFunctions {
  readonly #scope: Construct;
  readonly #settings: FunctionSettings;
  readonly #functions = new Map<string, NodeFunction>();

  constructor(scope: Construct, settings: FunctionSettings) {
    this.#scope = scope;
    this.#settings = settings;
  }

  /** Adds the Lambda of a state; its handler, its role and its name are those of the state, in kebab-case. */
  add(state: string, description: string, differs?: Differs): NodeFunction {
    const added = nodeFunction(this.#scope, this.#settings, kebabCase(state), description, differs);
    added.answersOnly();
    this.#functions.set(`${state}Function`, added);
    return added;
  }

  /** `<State>Function` to the ARN of the version just published. */
  get fillings(): Fillings {
    return Object.fromEntries([...this.#functions].map(([name, { qualifiedArn }]) => [name, qualifiedArn]));
  }

  allowInvoke(who: Grantee): void {
    for (const one of this.#functions.values()) one.allowInvoke(who);
  }
}

/** A Lambda named for its handler. */
export function nodeFunction(
  scope: Construct,
  { config, naming, bundles, key, service }: FunctionSettings,
  handler: string,
  description: string,
  differs: Differs = {},
): NodeFunction {
  const { logDays } = config;
  return new NodeFunction(scope, handler, {
    name: naming(handler),
    ...{ description, bundles, handler, logDays, key, service },
    ...differs,
  });
}

function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
