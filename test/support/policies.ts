import { readFileSync } from "node:fs";
import { NotEmulated } from "../../scripts/local/errors.ts";
import { blocks, Stack, type Block } from "../../scripts/local/terraform.ts";
import type { Permission } from "./permissions.ts";

/** One action on one resource, which may have wildcards, as a role's policy allows it. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
}

/** What the roles of a synthesised stack are allowed, with the names that the engine gives to what they are allowed it on. */
export class Policies {
  readonly region: string;
  readonly #stack: Stack;
  readonly #resources: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly #grants: ReadonlyMap<string, readonly Grant[]>;
  readonly #keys: ReadonlyMap<string, string>;

  constructor(stackFile: string) {
    this.#stack = new Stack(stackFile);
    this.region = this.#stack.region;
    const { resource } = JSON.parse(readFileSync(stackFile, "utf8")) as {
      resource: Record<string, Record<string, Block>>;
    };
    this.#resources = resource;
    this.#grants = new Map(this.#all("aws_iam_role_policy").map((policy) => this.#grantsOf(policy)));
    this.#keys = new Map(this.#encrypted());
  }

  get roles(): string[] {
    return [...this.#grants.keys()];
  }

  /** The Lambdas, by their names, and the roles under which they act. */
  functions(): { readonly name: string; readonly role: string }[] {
    return this.#stack
      .all("aws_lambda_function")
      .map(({ name, block }) => ({ name, role: this.roleName(block["role"]) }));
  }

  granted(role: string): readonly Grant[] {
    const grants = this.#grants.get(role);
    if (grants) return grants;
    throw new Error(`The stack has no role ${role}; it has ${this.roles.join(", ")}.`);
  }

  /** The grants of a role that allow this; none where it is denied. */
  allowing(role: string, action: string, resource: string): readonly Grant[] {
    return this.granted(role).filter((grant) => grant.action === action && matches(grant.resource, resource));
  }

  /** What a role lacks of some rights, and what it was granted beyond them; each as `<action> <resource>`. */
  compare(role: string, needed: readonly Permission[]): { readonly missing: string[]; readonly excess: string[] } {
    const asked = needed.flatMap((permission) => this.withKey(permission));
    const used = new Set(asked.flatMap(({ action, resource }) => this.allowing(role, action, resource)));
    const missing = asked.filter(({ action, resource }) => this.allowing(role, action, resource).length === 0);
    const excess = this.granted(role).filter((grant) => !used.has(grant));
    return { missing: missing.map(grantText), excess: excess.map(grantText) };
  }

  /** A right with those of the key that it needs along with it. */
  withKey({ action, resource, key = [] }: Permission): Grant[] {
    // A bucket's key is that of its objects, a table's that of its indexes.
    const owner = [...this.#keys.keys()].find((one) => resource === one || resource.startsWith(`${one}/`));
    const keyArn = owner === undefined ? undefined : this.#keys.get(owner)!;
    if (keyArn === undefined) return [{ action, resource }];
    const own = Object.keys(this.#resources["aws_kms_key"] ?? {}).map((id) => `\${aws_kms_key.${id}.arn}`);
    const uses = key.flatMap((use) =>
      use === "DecryptStored"
        ? [...new Set([keyArn, ...own])].map((one) => ({ action: "kms:Decrypt", resource: one }))
        : [{ action: `kms:${use}`, resource: keyArn }],
    );
    return [{ action, resource }, ...uses];
  }

  #grantsOf(policy: Block): [role: string, grants: Grant[]] {
    type Statement = Readonly<Record<"Effect", string> & Record<"Action" | "Resource", string | readonly string[]>>;
    const { Statement } = JSON.parse(String(policy["policy"])) as { readonly Statement: readonly Statement[] };
    const grants = Statement.flatMap(({ Effect, Action, Resource, ...rest }) => {
      if (Effect !== "Allow" || Object.keys(rest).length > 0)
        throw new Error(`The judge knows no ${[Effect, ...Object.keys(rest)].join(", ")} in an identity policy.`);
      const resources = [Resource].flat().map((resource) => this.resolved(resource));
      return [Action].flat().flatMap((action) => resources.map((resource) => ({ action, resource })));
    });
    return [this.roleName(policy["role"]), grants];
  }

  /** Names the engine does not know (keys, log groups) stay as Terraform has them, on both sides. */
  resolved(value: unknown): string {
    try {
      return String(this.#stack.resolve(value));
    } catch (error) {
      if (error instanceof NotEmulated) return String(value);
      throw error;
    }
  }

  /** The name of the role that a reference such as `${aws_iam_role.….arn}` means. */
  roleName(reference: unknown): string {
    const id = /^\$\{aws_iam_role\.([\w-]+)\.\w+\}$/.exec(String(reference))?.[1] ?? "";
    return this.resolved(this.#resources["aws_iam_role"]?.[id]?.["name"]);
  }

  /** ARNs of what is encrypted under a key of one's own, with the key. */
  *#encrypted(): Generator<[arn: string, key: string]> {
    for (const bucket of this.#all("aws_s3_bucket_server_side_encryption_configuration")) {
      const [rule] = blocks(bucket["rule"]);
      const key = blocks(rule?.["apply_server_side_encryption_by_default"])[0]?.["kms_master_key_id"];
      if (key) yield [`arn:aws:s3:::${this.resolved(bucket["bucket"])}`, this.resolved(key)];
    }
    for (const { arn, block } of this.#stack.all("aws_dynamodb_table")) {
      const key = blocks(block["server_side_encryption"])[0]?.["kms_key_arn"];
      if (key) yield [arn, this.resolved(key)];
    }
    for (const { arn, block } of [...this.#stack.all("aws_sqs_queue"), ...this.#stack.all("aws_sns_topic")])
      if (block["kms_master_key_id"]) yield [arn, this.resolved(block["kms_master_key_id"])];
  }

  #all(type: string): Block[] {
    return Object.values(this.#resources[type] ?? {});
  }
}

/** `<action> <resource>`. */
export function grantText({ action, resource }: Grant): string {
  return `${action} ${resource}`;
}

/** Whether an ARN fits a policy's resource, in which * stands for anything and ? for any one character. */
export function matches(pattern: string, arn: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(arn);
}
