import type { Synthesised } from "../infra/synthesised.ts";

/** Who may be tried again, how often and how soon. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

/** Where a state goes on that failed. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string;
  readonly Next: string;
}

/** The parts of a state that the tests look at. */
export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly ItemProcessor?: States;
}

/** States with their beginning: a machine's, or those inside a Map. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state machine as AWS gets it. */
export interface Definition extends States {
  readonly TimeoutSeconds?: number;
}

/** A filled machine of the stack. */
export interface Machine {
  /** As Terraform calls it, without its suffix: `import-machine`. */
  readonly name: string;
  /** How others in the stack refer to it. */
  readonly arn: string;
  readonly definition: Definition;
  /** Every state by its name, those inside Maps too. */
  readonly states: readonly (readonly [string, State])[];
}

/** The state machines of a synthesised stack, every placeholder filled. */
export function machinesOf(stack: Synthesised): Machine[] {
  return Object.entries(stack.all("aws_sfn_state_machine")).map(([id, block]) => {
    const definition = JSON.parse(String(block["definition"])) as Definition;
    return {
      name: id.slice(0, id.lastIndexOf("_")),
      arn: `\${aws_sfn_state_machine.${id}.arn}`,
      definition,
      states: statesOf(definition),
    };
  });
}

function statesOf({ States }: States): (readonly [string, State])[] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);
}
