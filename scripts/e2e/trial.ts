import type { Cloud } from "./cloud.ts";
import type { Deployment, StackOutputs } from "./deployment.ts";
import type { Sandbox } from "./environment.ts";
import type { Pace } from "./pace.ts";
import type { Progress } from "./progress.ts";

/** What the parts of a run work with. */
export interface Trial {
  readonly sandbox: Sandbox;
  readonly aws: Cloud;
  readonly pace: Pace;
  readonly progress: Progress;
  /** The environment that is judged. */
  readonly deployment: Deployment;
  /** Its outputs. */
  readonly stack: StackOutputs;
}

/** An environment as it can be looked into. */
export type Place = Pick<Trial, "aws" | "stack">;
