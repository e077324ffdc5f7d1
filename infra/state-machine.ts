import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine/index.js";
import { Construct } from "constructs";
import { skipCheck } from "./checkov.ts";
import { fillDefinition, type Fillings } from "./definition.ts";
import type { DataKey } from "./data-key.ts";
import { logGroup } from "./log-group.ts";
import { sendTraces, type ConfigurableGrantee, type Grantee, type Statement } from "./policy.ts";
import { ServiceRole } from "./service-role.ts";

export interface StateMachineProps {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** ASL as JSON text, with placeholders. */
  readonly definition: string;
  readonly fillings: Fillings;
  readonly logDays: number;
  /** Encrypts its logs. */
  readonly key: DataKey;
}

/** A standard state machine under a role of its own, that logs its errors. */
export class StateMachine extends Construct implements Grantee {
  readonly arn: string;
  // Built, not referred to: a role that names the machine must stand before it.
  readonly #builtArn: string;
  readonly #executions: string;
  readonly #startedEvents: string;
  readonly #calls: string;
  readonly #role: ServiceRole;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { name, region, account } = props;
    const states = `arn:aws:states:${region}:${account}`;
    this.#builtArn = `${states}:stateMachine:${name}`;
    this.#executions = `${states}:execution:${name}`;
    this.#calls = states;
    this.#startedEvents = `arn:aws:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
    this.#role = new ServiceRole(this, "role", { name, service: "states.amazonaws.com", account });
    this.#allowLogDelivery();
    this.#allowTraces();
    const { logDays, key } = props;
    // Under this prefix a log group does not count against the size of the account's log policy.
    const logs = logGroup(this, { name: `/aws/vendedlogs/states/${name}`, logDays, key });
    const machine = new SfnStateMachine(this, "machine", {
      name,
      type: "STANDARD",
      roleArn: this.#role.arn,
      definition: fillDefinition(props.definition, props.fillings),
      loggingConfiguration: {
        level: "ERROR",
        includeExecutionData: false,
        logDestination: `${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
      // AWS deletes a machine only when its executions have ended; the provider's five minutes are fewer than a large file takes
      // (issue 27673 of terraform-provider-aws).
      timeouts: { delete: "30m" },
      // Step Functions checks at creation that the role can deliver logs.
      dependsOn: [this.#role.policy],
    });
    skipCheck(machine, "CKV_AWS_285", "Executions carry keys and cells of customers' files, which logs do not need.");
    this.arn = machine.arn;
  }

  allow(statement: Statement): void {
    this.#role.allow(statement);
  }

  /** What a call of a service, such as sns:publish, is called in this account and Region. */
  arnOfCall(call: string): string {
    return `${this.#calls}:${call}`;
  }

  /** Lets `who` start the machine. */
  allowStart(who: Grantee): void {
    who.allow({ actions: ["states:StartExecution"], resources: [this.arn] });
  }

  /** Lets `who` start the machine, and tells it its ARN. */
  grantStart(who: ConfigurableGrantee, variable: string): void {
    who.setVariable(variable, this.arn);
    this.allowStart(who);
  }

  /** Lets `who` ask how an execution of the machine stands. */
  allowDescribe(who: Grantee): void {
    who.allow({ actions: ["states:DescribeExecution"], resources: [`${this.#executions}:*`] });
  }

  /** Lets a state of `machine` start this one, wait for its end, and stop it when it is stopped itself. */
  allowRun(machine: StateMachine): void {
    this.allowStart(machine);
    machine.allow({
      actions: ["states:DescribeExecution", "states:StopExecution"],
      resources: [`${this.#executions}:*`],
    });
    // Step Functions hears of the end by a rule that it keeps in the account.
    machine.allow({
      actions: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
      resources: [this.#startedEvents],
    });
  }

  /** Lets the machine run Distributed Maps: it starts, follows and stops their children as executions of its own. */
  allowMaps(): void {
    this.allow({ actions: ["states:StartExecution"], resources: [this.#builtArn] });
    this.allow({
      actions: ["states:DescribeExecution", "states:StopExecution"],
      // Children of a Map are named <machine>/<label>:<id>.
      resources: [`${this.#executions}:*`, `${this.#executions}/*`],
    });
    // When a person redrives an execution, it redrives the children that failed.
    this.allow({ actions: ["states:RedriveExecution"], resources: [`${this.#executions}/*`] });
  }

  #allowTraces(): void {
    this.allow(sendTraces);
    this.allow({
      actions: ["xray:GetSamplingRules", "xray:GetSamplingTargets"],
      resources: ["*"],
      because: "the sampling actions of X-Ray know no resources",
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
