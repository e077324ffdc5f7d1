import { Construct } from "constructs";
import { GrantedRole } from "./granted-role.ts";
import { trustPolicy } from "./policy.ts";

export interface ServiceRoleProps {
  readonly name: string;
  /** The service that acts under the role, such as lambda.amazonaws.com. */
  readonly service: string;
  /** Account for which the service must be acting; not every service says it. */
  readonly account?: string;
}

/** A role for one actor of the stack's own, under which an AWS service acts. */
export class ServiceRole extends GrantedRole {
  constructor(scope: Construct, id: string, { name, service, account }: ServiceRoleProps) {
    super(scope, id, { name, trust: trustPolicy(service, account) });
  }
}
