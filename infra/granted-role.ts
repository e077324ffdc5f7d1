import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { identityPolicy, type Grantee, type Statement } from "./policy.ts";

export interface GrantedRoleProps {
  readonly name: string;
  readonly description?: string;
  /** Who may take the role on, as the JSON of a trust policy. */
  readonly trust: string;
}

/** A role with one policy that gathers everything its bearer is granted. */
export class GrantedRole extends Construct implements Grantee {
  readonly arn: string;
  /** What must stand before the bearer acts: to be named in its dependsOn. */
  readonly policy: IamRolePolicy;
  readonly #statements: Statement[] = [];

  constructor(scope: Construct, id: string, { name, description, trust }: GrantedRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", { name, ...(description && { description }), assumeRolePolicy: trust });
    this.policy = new IamRolePolicy(this, "policy", {
      name: "granted",
      role: role.name,
      policy: Lazy.stringValue({ produce: () => identityPolicy(this.#statements) }),
    });
    this.arn = role.arn;
  }

  allow(statement: Statement): void {
    this.#statements.push(statement);
  }
}
