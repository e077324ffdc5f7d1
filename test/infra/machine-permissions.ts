import type { Permission } from "../support/permissions.ts";

/** A state of a definition. */
type State = Readonly<Record<string, unknown>> & { readonly Type: string };
type Parameters = Readonly<Record<string, string | undefined>>;

const logDelivery = [
  ...["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"],
  ...["PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"],
];
const traces = ["PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"];

/** What a state machine itself needs, beside what its states call. */
export const everyMachine: readonly Permission[] = [
  ...logDelivery.map((action) => ({ action: `logs:${action}`, resource: "*" })),
  ...traces.map((action) => ({ action: `xray:${action}`, resource: "*" })),
];

/** A machine whose states are looked at. */
export interface Machine {
  readonly arn: string;
  readonly definition: string;
  /** Where its states put what the state data name: the bus of events, the bucket of manifests. */
  readonly bus: string;
  readonly manifests: string;
}

/**
 * The rights that AWS documents for what the states of a machine do (iam-policies-eg-dist-map, connect-lambda,
 * connect-stepfunctions and their like in the guide of Step Functions). Throws on what is not written down here.
 */
export function permissionsOfStates({ arn, definition, bus, manifests }: Machine): Permission[] {
  return statesOf(JSON.parse(definition)).flatMap((state) => {
    if (state.Type === "Task") return task(String(state["Resource"]), state["Parameters"] as Parameters, bus);
    if (state.Type !== "Map" || !JSON.stringify(state["ItemProcessor"]).includes('"DISTRIBUTED"')) return [];
    const { ItemReader, ResultWriter } = state as unknown as Record<"ItemReader" | "ResultWriter", State>;
    return [...children(arn, String(state["Label"])), ...reader(ItemReader, manifests), ...writer(ResultWriter)];
  });
}

function task(resource: string, parameters: Parameters, bus: string): Permission[] {
  const service = resource.replace("arn:aws:states:::", "");
  switch (service) {
    case "lambda:invoke":
      return [{ action: "lambda:InvokeFunction", resource: parameters["FunctionName"]! }];
    case "events:putEvents":
      return [{ action: "events:PutEvents", resource: bus }];
    case "sns:publish":
      return [{ action: "sns:Publish", resource: parameters["TopicArn"]!, key: ["Decrypt", "GenerateDataKey"] }];
    case "states:startExecution.sync:2":
      return run(parameters["StateMachineArn"]!);
    default:
      throw new Error(`Nobody has written down what ${service} needs.`);
  }
}

/** Step Functions hears of the end of the other execution by a rule that it keeps in the account. */
function run(machine: string): Permission[] {
  const rule = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
  const [, , , region, account] = machine.split(":");
  return [
    { action: "states:StartExecution", resource: machine },
    ...["states:DescribeExecution", "states:StopExecution"].map((action) => ({
      action,
      resource: `${executionsOf(machine)}:any`,
    })),
    ...["events:PutTargets", "events:PutRule", "events:DescribeRule"].map((action) => ({
      action,
      resource: `arn:aws:events:${region!}:${account!}:${rule}`,
    })),
  ];
}

/** The children of a Map are executions of the machine itself; AWS names them in both ways. */
function children(machine: string, label: string): Permission[] {
  const named = [`${executionsOf(machine)}:any`, `${executionsOf(machine)}/${label}:any`];
  return [
    { action: "states:StartExecution", resource: machine },
    ...["states:DescribeExecution", "states:StopExecution"].flatMap((action) =>
      named.map((resource) => ({ action, resource })),
    ),
    { action: "states:RedriveExecution", resource: named[1]! },
  ];
}

function reader({ Resource }: State, manifests: string): Permission[] {
  if (Resource !== "arn:aws:states:::s3:getObject")
    throw new Error(`Nobody has written down what ${String(Resource)} needs.`);
  return [{ action: "s3:GetObject", resource: manifests, key: ["DecryptStored"] }];
}

function writer({ Parameters }: State): Permission[] {
  const { Bucket, "Prefix.$": prefix } = Parameters as Parameters;
  const path = /^States\.Format\('([^']*)'/.exec(prefix!)![1]!.replace("{}", "any");
  const resource = `arn:aws:s3:::${Bucket!}/${path}/any`;
  return [
    { action: "s3:PutObject", resource, key: ["Decrypt", "GenerateDataKey"] },
    { action: "s3:GetObject", resource, key: ["DecryptStored"] },
    { action: "s3:ListMultipartUploadParts", resource },
    { action: "s3:AbortMultipartUpload", resource },
  ];
}

function executionsOf(machine: string): string {
  return machine.replace(":stateMachine:", ":execution:");
}

/** Every state of a definition, those inside of others too. */
function statesOf(value: unknown): State[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(statesOf);
  return "Type" in value && typeof value.Type === "string" ? [value as State, ...inside] : inside;
}
