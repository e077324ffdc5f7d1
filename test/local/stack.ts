import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync, strToU8 } from "fflate";

/** A Lambda of a test's stack: the source of its module, which exports `handler`. */
export interface TestLambda {
  readonly source: string;
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a test's stack is made of; each machine's ARN is an output. State machines name Lambdas as `${aws_lambda_function.<id>.qualified_arn}`. */
export interface TestStack {
  readonly lambdas?: Readonly<Record<string, TestLambda>>;
  readonly machines?: Readonly<Record<string, object>>;
  /** Rules by id: their pattern and what they start. */
  readonly rules?: Readonly<Record<string, { pattern: object; target: string; bus?: string }>>;
  /** Further resources by type, as Terraform JSON has them. */
  readonly more?: Readonly<Record<string, object>>;
}

/** Writes a stack as cdktf would synthesise it and gives the path of its file. Buckets `in` and `work`, table `things`, bus and topic. */
export function writeStack(directory: string, stack: TestStack): string {
  const folder = join(directory, "stacks", "test");
  mkdirSync(join(folder, "assets"), { recursive: true });
  const lambdas = each(stack.lambdas ?? {}, (id, { source, timeout = 10, environment = {} }) => {
    const filename = `assets/${id}.zip`;
    writeFileSync(join(folder, filename), zipSync({ "index.mjs": strToU8(source) }));
    const variables = { WORK_BUCKET: "${aws_s3_bucket.work.bucket}", ...environment };
    const code = { filename, handler: "index.handler" };
    return { function_name: `test-${id}`, ...code, timeout, memory_size: 256, environment: { variables } };
  });
  const rules = stack.rules ?? {};
  const json = {
    provider: { aws: [{ region: "eu-west-1" }] },
    data: { aws_caller_identity: { current: {} } },
    resource: {
      aws_s3_bucket: { in: { bucket: "in-${data.aws_caller_identity.current.account_id}" }, work: { bucket: "work" } },
      aws_s3_bucket_notification: { in: { bucket: "${aws_s3_bucket.in.id}", eventbridge: true } },
      aws_dynamodb_table: {
        things: {
          name: "things",
          hash_key: "id",
          range_key: "part",
          attribute: ["id", "part", "kind"].map((name) => ({ name, type: "S" })),
          global_secondary_index: [{ name: "byKind", hash_key: "kind", range_key: "id", projection_type: "ALL" }],
        },
      },
      aws_cloudwatch_event_bus: { bus: { name: "test-bus" } },
      aws_sns_topic: { notices: { name: "test-notices" } },
      aws_iam_role: { any: { assume_role_policy: "${data.aws_iam_policy_document.not_looked_at.json}" } },
      aws_lambda_function: lambdas,
      aws_sfn_state_machine: each(stack.machines ?? {}, (id, definition) => ({
        name: `test-${id}`,
        definition: JSON.stringify(definition),
      })),
      aws_cloudwatch_event_rule: each(rules, (id, { pattern, bus }) => ({
        name: `test-${id}`,
        event_pattern: JSON.stringify(pattern),
        ...(bus && { event_bus_name: bus }),
      })),
      aws_cloudwatch_event_target: each(rules, (id, { target }) => ({
        rule: `\${aws_cloudwatch_event_rule.${id}.name}`,
        arn: target,
      })),
      ...stack.more,
    },
    output: each(stack.machines ?? {}, (id) => ({ value: `\${aws_sfn_state_machine.${id}.arn}` })),
  };
  const file = join(folder, "cdk.tf.json");
  writeFileSync(file, JSON.stringify(json, null, 2));
  return file;
}

/** A Task state that invokes a Lambda of the test's stack with its whole input and gives its answer. */
export function invoke(lambda: string, rest: object = { End: true }): object {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Parameters: { FunctionName: `\${aws_lambda_function.${lambda}.qualified_arn}`, "Payload.$": "$" },
    OutputPath: "$.Payload",
    ...rest,
  };
}

function each<T>(all: Readonly<Record<string, T>>, make: (id: string, one: T) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(all).map(([id, one]) => [id, make(id, one)]));
}
