import { Construct } from "constructs";
import type { EventQueue } from "./event-queue.ts";
import { GrantedRole } from "./granted-role.ts";
import type { ImportBuckets } from "./import-buckets.ts";
import type { ImportTables } from "./import-tables.ts";
import { peopleTrustPolicy } from "./policy.ts";
import type { StateMachine } from "./state-machine.ts";

export interface SupportRoleProps extends ImportBuckets, ImportTables {
  readonly name: string;
  readonly account: string;
  /** ARNs of those who may take the role on; whom the account's own IAM lets, where there are none. */
  readonly principals: readonly string[];
  readonly importMachine: StateMachine;
  readonly reprocessMachine: StateMachine;
  readonly undelivered: EventQueue;
}

/** The role of support staff: it can do what `npm run ops` does, and nothing more. */
export class SupportRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: SupportRoleProps) {
    super(scope, id);
    const { name, account, principals } = props;
    const role = new GrantedRole(this, "role", {
      name,
      description: "Support staff: what npm run ops does",
      trust: peopleTrustPolicy(principals.length > 0 ? principals : [`arn:aws:iam::${account}:root`]),
    });
    this.arn = role.arn;
    this.#allowLook(role, props);
    this.#allowMend(role, props);
  }

  /** Imports with their reports, failures with their original cells, and what is stored. */
  #allowLook(role: GrantedRole, { inbox, archive, imports, failures, products }: SupportRoleProps): void {
    // The folders of the inbox tell for which feeds files came.
    inbox.allowList(role);
    archive.allow(role, ["GetObject"], "reports/*", "files/*");
    // A report that has expired is gone, not forbidden.
    archive.allowMissing(role);
    imports.allow(role, "GetItem", "Query");
    imports.allowIndexes(role, "byFeed");
    failures.allow(role, "GetItem", "Query");
    failures.allowIndexes(role, "byStatus", "byKey");
    products.allow(role, "GetItem", "Scan");
  }

  /** Previews, corrections, runs, failures that are given up or taken back, events that are put back in. */
  #allowMend(role: GrantedRole, props: SupportRoleProps): void {
    const { inbox, work, failures, importMachine, reprocessMachine, undelivered } = props;
    work.allow(role, ["PutObject"], "corrections/*");
    // A file that is only looked at; it is asked what became of it, where its bucket has no versions.
    inbox.allow(role, ["GetObject", "PutObject"], "preview/*");
    failures.allow(role, "UpdateItem");
    for (const machine of [importMachine, reprocessMachine]) {
      machine.allowStart(role);
      machine.allowDescribe(role);
    }
    undelivered.allowTakeBack(role);
  }
}
