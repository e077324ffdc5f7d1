import { readFileSync } from "node:fs";
import { NotEmulated } from "./errors.ts";

/** A block of Terraform JSON: a resource, or a block inside one. */
export type Block = Readonly<Record<string, unknown>>;

/** One resource of the synthesised stack. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  /** The name AWS would know it by. */
  readonly name: string;
  readonly arn: string;
  readonly block: Block;
}

/** Attributes that others may refer to; `from` is the one that holds the name. */
interface Kind {
  readonly from: string;
  readonly arn: string;
  readonly [attribute: string]: string;
}

/** The account that owns everything on the engine. */
export const account = "000000000000";

const queueUrl = "https://sqs.{region}.amazonaws.com/{account}/{name}";
const machine = "arn:aws:states:{region}:{account}:stateMachine:{name}";
const lambda = "arn:aws:lambda:{region}:{account}:function:{name}";
const topic = "arn:aws:sns:{region}:{account}:{name}";
// What the engine emulates.
const kinds: Readonly<Record<string, Kind>> = {
  aws_s3_bucket: { from: "bucket", id: "{name}", arn: "arn:aws:s3:::{name}" },
  aws_dynamodb_table: { from: "name", id: "{name}", arn: "arn:aws:dynamodb:{region}:{account}:table/{name}" },
  aws_lambda_function: { from: "function_name", id: "{name}", arn: lambda, qualified_arn: `${lambda}:1`, version: "1" },
  aws_sfn_state_machine: { from: "name", id: machine, arn: machine },
  aws_cloudwatch_event_bus: { from: "name", id: "{name}", arn: "arn:aws:events:{region}:{account}:event-bus/{name}" },
  aws_cloudwatch_event_rule: { from: "name", id: "{name}", arn: "arn:aws:events:{region}:{account}:rule/{name}" },
  aws_sns_topic: { from: "name", id: topic, arn: topic },
  aws_sqs_queue: { from: "name", id: queueUrl, url: queueUrl, arn: "arn:aws:sqs:{region}:{account}:{name}" },
};
// Emulated too, but without a name of their own.
const nameless = new Set(["aws_s3_bucket_notification", "aws_cloudwatch_event_target"]);
// What means nothing on one machine: access, encryption, retention, observation, and schedules, for the engine has no clock.
const meaningless = new Set([
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_event_archive",
  "aws_cloudwatch_log_group",
  "aws_cloudwatch_log_resource_policy",
  "aws_cloudwatch_metric_alarm",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_kms_alias",
  "aws_kms_key",
  "aws_lambda_function_event_invoke_config",
  "aws_lambda_permission",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_scheduler_schedule",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_sqs_queue_policy",
]);

/** A synthesised stack (`cdk.tf.json`). A resource type, or a reference, that the engine does not know fails by its name. */
export class Stack {
  readonly region: string;
  readonly #resources = new Map<string, Resource>();
  readonly #data: Readonly<Record<string, Block>>;
  readonly #outputs: Readonly<Record<string, Block>>;

  constructor(file: string) {
    const json = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Readonly<Record<string, Block>>>>;
    this.#data = json["data"] ?? {};
    this.#outputs = json["output"] ?? {};
    const region = blocks(json["provider"]?.["aws"])[0]?.["region"];
    if (typeof region !== "string") throw new NotEmulated("a provider without a region");
    this.region = region;
    for (const [type, resources] of Object.entries(json["resource"] ?? {})) {
      if (meaningless.has(type)) continue;
      if (!(type in kinds || nameless.has(type))) throw new NotEmulated(`the Terraform resource type ${type}`);
      for (const [id, block] of Object.entries(resources)) this.#add(type, id, block as Block);
    }
  }

  /** All resources of a type. */
  all(type: string): Resource[] {
    return [...this.#resources.values()].filter((resource) => resource.type === type);
  }

  /** An output of the stack. */
  output(name: string): string {
    const value = this.resolve(this.#outputs[name]?.["value"]);
    if (typeof value === "string") return value;
    throw new Error(`The stack has no output ${name}; it has ${Object.keys(this.#outputs).join(", ")}.`);
  }

  /** The same value with every `${…}` in its strings replaced by what it refers to. */
  resolve(value: unknown): unknown {
    if (typeof value === "string")
      return value.replaceAll(/\$\{([^}]*)\}/g, (_, expression: string) => this.#lookUp(expression.trim()));
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.resolve(one)]));
  }

  /** An attribute that must be text, resolved. */
  text(resource: Resource, attribute: string): string {
    const value = this.resolve(resource.block[attribute]);
    if (typeof value === "string") return value;
    throw new NotEmulated(`a resource ${resource.type}.${resource.id} without ${attribute}`);
  }

  #add(type: string, id: string, block: Block): void {
    if ("count" in block || "for_each" in block) throw new NotEmulated(`count and for_each (${type}.${id})`);
    const kind = kinds[type];
    const nameOf = { type, id, name: id, arn: "", block };
    const name = kind ? this.text(nameOf, kind.from) : id;
    this.#resources.set(`${type}.${id}`, { ...nameOf, name, arn: this.#fill(kind?.arn ?? "", name) });
  }

  #fill(template: string, name: string): string {
    return template.replaceAll("{name}", name).replaceAll("{region}", this.region).replaceAll("{account}", account);
  }

  #lookUp(expression: string): string {
    const [scope = "", ...path] = expression.split(".");
    const value = scope === "data" ? this.#dataAttribute(path) : this.#attribute(scope, path);
    if (value === undefined) throw new NotEmulated(`the Terraform expression \${${expression}}`);
    return value;
  }

  #attribute(type: string, [id, attribute = "", ...rest]: readonly string[]): string | undefined {
    const resource = this.#resources.get(`${type}.${id ?? ""}`);
    const kind = kinds[type];
    if (!resource || !kind || rest.length > 0) return undefined;
    const template = attribute === kind.from ? "{name}" : kind[attribute];
    return template && this.#fill(template, resource.name);
  }

  #dataAttribute([type = "", id = "", attribute = ""]: readonly string[]): string | undefined {
    if (this.#data[type]?.[id] === undefined) return undefined;
    const known: Readonly<Record<string, string>> = {
      "aws_caller_identity.account_id": account,
      "aws_region.name": this.region,
      "aws_region.id": this.region,
      "aws_partition.partition": "aws",
    };
    return known[`${type}.${attribute}`];
  }
}

/** Terraform JSON writes a repeatable block as one object or as a list of them. */
export function blocks(value: unknown): Block[] {
  return value === undefined || value === null ? [] : ([value].flat() as Block[]);
}
