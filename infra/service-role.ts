import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { identityPolicy, trustPolicy, type Grantee, type Statement } from "./policy.ts";

export interface ServiceRoleProps {
  readonly name: string;
  /** The service that acts under the role, such as lambda.amazonaws.com. */
  readonly service: string;
  /** Account for which the service must be acting; not every service says it. */
  readonly account?: string;
}

/** A role for one actor, with one policy that gathers everything the actor is granted. */
export class ServiceRole extends Construct implements Grantee {
  readonly arn: string;
  /** What must stand before the actor acts: to be named in its dependsOn. */
  readonly policy: IamRolePolicy;
  readonly #statements: Statement[] = [];

  constructor(scope: Construct, id: string, { name, service, account }: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", { name, assumeRolePolicy: trustPolicy(service, account) });
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
