import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine/index.js";
import { Construct } from "constructs";
import { fillDefinition, type Fillings } from "./definition.ts";
import type { Grantee, Statement } from "./policy.ts";
import { ServiceRole } from "./service-role.ts";

export interface StateMachineProps {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** ASL as JSON text, with placeholders. */
  readonly definition: string;
  readonly fillings: Fillings;
  readonly logDays: number;
}

/** A standard state machine that may run Distributed Maps of its own, under a role of its own, and logs its errors. */
export class StateMachine extends Construct implements Grantee {
  readonly arn: string;
  /** ARNs of its executions. */
  readonly #executions: string;
  readonly #role: ServiceRole;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { name, region, account } = props;
    // Built, not referred to: the role must stand before the machine that it names.
    const self = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
    const executions = `arn:aws:states:${region}:${account}:execution:${name}`;
    this.#executions = `${executions}:*`;
    this.#role = new ServiceRole(this, "role", { name, service: "states.amazonaws.com", account });
    this.#allowMaps(self, executions);
    this.#allowLogDelivery();
    const logs = new CloudwatchLogGroup(this, "logs", {
      // Under this prefix a log group does not count against the size of the account's log policy.
      name: `/aws/vendedlogs/states/${name}`,
      retentionInDays: props.logDays,
    });
    const machine = new SfnStateMachine(this, "machine", {
      name,
      type: "STANDARD",
      roleArn: this.#role.arn,
      definition: fillDefinition(props.definition, props.fillings),
      loggingConfiguration: {
        level: "ERROR",
        // State carries keys and cells of customers' files; logs do not need them.
        includeExecutionData: false,
        logDestination: `${logs.arn}:*`,
      },
      // Step Functions checks at creation that the role can deliver logs.
      dependsOn: [this.#role.policy],
    });
    this.arn = machine.arn;
  }

  allow(statement: Statement): void {
    this.#role.allow(statement);
  }

  /** Lets `who` start the machine. */
  allowStart(who: Grantee): void {
    who.allow({ actions: ["states:StartExecution"], resources: [this.arn] });
  }

  /** Lets `who` ask how an execution of the machine stands. */
  allowDescribe(who: Grantee): void {
    who.allow({ actions: ["states:DescribeExecution"], resources: [this.#executions] });
  }

  /** A Distributed Map starts, follows and stops its children as executions of the machine itself. */
  #allowMaps(self: string, executions: string): void {
    this.allow({ actions: ["states:StartExecution"], resources: [self] });
    this.allow({
      actions: ["states:DescribeExecution", "states:StopExecution"],
      // Children of a Map are named <machine>/<label>:<id>.
      resources: [`${executions}:*`, `${executions}/*`],
    });
  }

  #allowLogDelivery(): void {
    this.allow({
      actions: [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
      ],
      resources: ["*"],
      because: "the log delivery actions of CloudWatch Logs know no resources",
    });
  }
}
