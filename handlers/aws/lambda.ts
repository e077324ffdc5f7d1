import middy from "@middy/core";
import validator from "@middy/validator";
import type { Ajv } from "ajv";
import type { Context } from "aws-lambda";
import { instruments } from "#aws/instruments.ts";
import { namedErrors } from "#aws/named-errors.ts";

/** A schema compiled ahead of time: see `npm run build`. */
export type Validate = ((value: unknown) => boolean) & { errors?: unknown };

/**
 * The one shape of a handler: it is logged and timed under the name of its state, its input is checked against the state's
 * schema, its errors leave under their own names, and `work` does the rest. `attempt` is unique to this invocation: what it
 * writes goes under a key of its own. `remaining` gives the milliseconds that are left to it.
 */
export function lambda<Input, Output>(
  stage: string,
  schema: Validate,
  work: (input: Input, attempt: string, remaining: () => number) => Promise<Output>,
) {
  // timeoutEarlyInMillis 0: a time-out is Lambda's to say (Sandbox.Timedout), the state machine retries it by that name.
  return (
    middy<Input, Output>({ timeoutEarlyInMillis: 0 })
      .use(instruments(stage))
      // Its types ask for an Ajv instance; what it calls is a compiled function.
      .use(validator({ eventSchema: schema as unknown as Ajv }))
      .use(namedErrors())
      .handler((input: Input, context: Context) =>
        work(input, context.awsRequestId, () => context.getRemainingTimeInMillis()),
      )
  );
}
