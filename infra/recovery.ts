import { Construct } from "constructs";
import type { EventQueue } from "./event-queue.ts";
import { EventTrigger } from "./event-trigger.ts";
import type { ImportBuckets } from "./import-buckets.ts";
import type { ImportTables } from "./import-tables.ts";
import type { NodeFunction } from "./node-function.ts";
import { Schedule } from "./schedule.ts";
import { nodeFunction, untilDone, type FunctionSettings } from "./state-functions.ts";
import type { StateMachine } from "./state-machine.ts";

export interface RecoveryProps extends FunctionSettings, ImportBuckets, ImportTables {
  readonly account: string;
  readonly importMachine: StateMachine;
  readonly reprocessMachine: StateMachine;
  /** Where an event or a call is kept that the watchdog or the sweep did not get, or could not deal with. */
  readonly unwatched: EventQueue;
}

/** The nets below the machines: the watchdog hears of executions that ended badly, the sweep looks for what nobody told. */
export class Recovery extends Construct {
  readonly watchdog: NodeFunction;
  readonly sweep: NodeFunction;

  constructor(scope: Construct, id: string, props: RecoveryProps) {
    super(scope, id);
    this.watchdog = this.#watchdog(props);
    this.sweep = this.#sweep(props);
  }

  #watchdog(props: RecoveryProps): NodeFunction {
    const { naming, account, importMachine, reprocessMachine, unwatched } = props;
    const watchdog = nodeFunction(this, props, "watchdog", "Closes what an execution that ended badly left", untilDone);
    allowRecovery(watchdog, props);
    watchdog.keepFailed(unwatched);
    new EventTrigger(this, "execution-ended", {
      name: naming("execution-ended"),
      description: "An import or a run ended badly",
      account,
      pattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: {
          status: ["FAILED", "TIMED_OUT", "ABORTED"],
          stateMachineArn: [importMachine.arn, reprocessMachine.arn],
        },
      },
      target: watchdog,
      undelivered: unwatched,
    });
    return watchdog;
  }

  #sweep(props: RecoveryProps): NodeFunction {
    const { config, naming, account, inbox, imports, unwatched } = props;
    const sweep = nodeFunction(this, props, "sweep", "Finds imports, dead letters and files that were left", untilDone);
    allowRecovery(sweep, props);
    sweep.keepFailed(unwatched);
    imports.grantIndexes(sweep, "IMPORTS_TABLE", "byFeed");
    // The watchdog is told which execution has ended; the sweep asks.
    props.importMachine.allowDescribe(sweep);
    inbox.grantListVersions(sweep, "INBOX_BUCKET");
    sweep.setVariable("SWEEP_INBOX_AFTER_MINUTES", String(config.sweepInboxAfterMinutes));
    const { sweepMinutes } = config;
    new Schedule(this, "sweep-schedule", {
      name: naming("sweep-schedule"),
      description: "Looks for what was left",
      account,
      expression: sweepMinutes === 1 ? "rate(1 minute)" : `rate(${sweepMinutes} minutes)`,
      target: sweep,
      undelivered: unwatched,
    });
    return sweep;
  }
}

/** To see which runs go on, to start a closing, to put dead letters back, and to note that a run is over. */
function allowRecovery(who: NodeFunction, props: RecoveryProps): void {
  const { imports, failures, importMachine, reprocessMachine } = props;
  imports.grant(who, "IMPORTS_TABLE", "GetItem", "UpdateItem");
  imports.grantIndexes(who, "IMPORTS_TABLE", "byRunning");
  failures.grant(who, "FAILURES_TABLE", "UpdateItem");
  failures.grantIndexes(who, "FAILURES_TABLE", "byStatus");
  importMachine.grantStart(who, "IMPORT_MACHINE_ARN");
  reprocessMachine.allowDescribe(who);
}
