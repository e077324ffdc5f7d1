import { existsSync } from "node:fs";
import { join } from "node:path";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { skipCheck } from "./checkov.ts";
import type { DataKey } from "./data-key.ts";
import type { EventQueue } from "./event-queue.ts";
import { logGroup } from "./log-group.ts";
import { sendTraces, type ConfigurableGrantee, type Grantee, type Statement } from "./policy.ts";
import { ServiceRole } from "./service-role.ts";

export interface NodeFunctionProps {
  readonly name: string;
  readonly description: string;
  /** Folder that `npm run build` fills: `<handler>.zip` a handler. */
  readonly bundles: string;
  /** Name of the handler's file, without its suffix. */
  readonly handler: string;
  readonly logDays: number;
  /** Encrypts its logs. */
  readonly key: DataKey;
  /** What its logs and metrics call the stack. */
  readonly service: string;
  /** 1,769 MB are one whole processor. */
  readonly memoryMegabytes?: number;
  readonly timeoutSeconds?: number;
  /** Size of /tmp. */
  readonly diskMegabytes?: number;
  /** How often it runs at once, at most; 0 or nothing for as often as the account lets it. */
  readonly reservedConcurrency?: number;
}

/** The standard Lambda: Node 22 on arm64, one published version a change, a role and a log group of its own. */
export class NodeFunction extends Construct implements ConfigurableGrantee {
  /** ARN of the version just published, so that an import in flight keeps the code it began with. */
  readonly qualifiedArn: string;
  /** ARN of whatever was published last. */
  readonly arn: string;
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Where many imports at once are meant to wait: how many run at once, 0 where the brake is off. */
  readonly brake: number | undefined;
  readonly #function: LambdaFunction;
  readonly #role: ServiceRole;
  readonly #variables: Record<string, string> = {};

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    this.timeoutSeconds = props.timeoutSeconds ?? 240;
    this.brake = props.reservedConcurrency;
    const path = join(props.bundles, `${props.handler}.zip`);
    if (!existsSync(path)) throw new Error(`There is no bundle ${path}; run npm run build first.`);
    const code = new TerraformAsset(this, "code", { path, type: AssetType.FILE });
    const { logDays, key } = props;
    const logs = logGroup(this, { name: `/aws/lambda/${props.name}`, logDays, key });
    this.#role = new ServiceRole(this, "role", { name: props.name, service: "lambda.amazonaws.com" });
    this.#role.allow({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      // The suffix stands for the group's streams.
      resources: [`${logs.arn}:*`],
    });
    this.#role.allow(sendTraces);
    this.#function = new LambdaFunction(this, "function", {
      functionName: props.name,
      description: props.description,
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: code.path,
      sourceCodeHash: Fn.filebase64sha256(code.path),
      publish: true,
      role: this.#role.arn,
      memorySize: props.memoryMegabytes ?? 1024,
      timeout: this.timeoutSeconds,
      ...(props.diskMegabytes && { ephemeralStorage: { size: props.diskMegabytes } }),
      ...(props.reservedConcurrency && { reservedConcurrentExecutions: props.reservedConcurrency }),
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: logs.name },
      // Without its rights a new version's first call would fail.
      dependsOn: [this.#role.policy],
    });
    skipChecks(this.#function, props);
    this.setVariable("POWERTOOLS_SERVICE_NAME", props.service);
    this.setVariable("POWERTOOLS_METRICS_NAMESPACE", "ProductImport");
    this.setVariable("POWERTOOLS_LOG_LEVEL", "INFO");
    this.qualifiedArn = this.#function.qualifiedArn;
    this.arn = this.#function.arn;
    this.name = this.#function.functionName;
  }

  allow(statement: Statement): void {
    this.#role.allow(statement);
  }

  /** Gives the Lambda an environment variable. Throws where it has it with another value. */
  setVariable(name: string, value: string): void {
    const known = this.#variables[name];
    if (known !== undefined && known !== value) throw new Error(`${this.node.path} has the variable ${name} already.`);
    this.#variables[name] = value;
    this.#function.putEnvironment({ variables: this.#variables });
  }

  /** Lets `who` invoke every version: an execution in flight across a deploy still calls the one it began with. */
  allowInvoke(who: Grantee): void {
    who.allow({ actions: ["lambda:InvokeFunction"], resources: [`${this.arn}:*`] });
  }

  /** Notes that whoever calls it waits for the answer, and so learns of a failure. */
  answersOnly(): void {
    skipCheck(this.#function, "CKV_AWS_116", "Its machine waits for it, retries and catches: no event could be lost.");
  }

  /** Keeps in `queue` the events of asynchronous calls that failed three times. */
  keepFailed(queue: EventQueue): void {
    queue.allowSend(this);
    this.#function.putDeadLetterConfig({ targetArn: queue.arn });
  }
}

function skipChecks(lambda: LambdaFunction, { reservedConcurrency }: NodeFunctionProps): void {
  skipCheck(lambda, "CKV_AWS_117", "It calls AWS and public services only, and nothing calls it but by IAM.");
  skipCheck(lambda, "CKV_AWS_173", "Its variables are names, URLs and numbers; none is a secret.");
  skipCheck(
    lambda,
    "CKV_AWS_272",
    "Who applies the stack has built the bundle: the signature would be the same hand's.",
  );
  if (!reservedConcurrency)
    skipCheck(lambda, "CKV_AWS_115", "The brake is on what prepares and writes chunks; the rest is short, and shares.");
}
