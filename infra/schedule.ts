import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { Construct } from "constructs";
import { skipCheck } from "./checkov.ts";
import type { EventQueue } from "./event-queue.ts";
import type { NodeFunction } from "./node-function.ts";
import { ServiceRole } from "./service-role.ts";
import { StateMachine } from "./state-machine.ts";

export interface ScheduleProps {
  /** Of the schedule, and of the role under which it acts. */
  readonly name: string;
  readonly description: string;
  readonly account: string;
  /** `rate(5 minutes)`, or a cron expression in UTC. */
  readonly expression: string;
  readonly target: StateMachine | NodeFunction;
  /** Where a call is kept that could not be made. */
  readonly undelivered: EventQueue;
  readonly input?: Readonly<Record<string, unknown>>;
}

// A call that comes later than this is not made: the next one does what it would have done.
const latestSeconds = 300;

/** Starts a machine or a Lambda again and again. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { name, description, account, expression, target, undelivered, input = {} } = props;
    const role = new ServiceRole(this, "role", { name, service: "scheduler.amazonaws.com", account });
    const isMachine = target instanceof StateMachine;
    if (isMachine) target.allowStart(role);
    else target.allowInvoke(role);
    undelivered.allowSend(role);
    const schedule = new SchedulerSchedule(this, "schedule", {
      name,
      description,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: isMachine ? target.arn : target.qualifiedArn,
        roleArn: role.arn,
        input: JSON.stringify(input),
        deadLetterConfig: { arn: undelivered.arn },
        retryPolicy: { maximumEventAgeInSeconds: latestSeconds, maximumRetryAttempts: 3 },
      },
      dependsOn: [role.policy],
    });
    skipCheck(schedule, "CKV_AWS_297", "All it holds is a fixed input, which stands in this repository.");
  }
}
