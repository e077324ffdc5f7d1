import { Construct, type IConstruct } from "constructs";
import { Alarm, type AlarmProps } from "./alarm.ts";
import type { Config } from "./config.ts";
import type { EventQueue } from "./event-queue.ts";
import { EventTrigger } from "./event-trigger.ts";
import { KeyedTable } from "./keyed-table.ts";
import {
  depthOf,
  failedCalls,
  lostBy,
  ofFunction,
  ofMachine,
  ofMapRuns,
  ofStack,
  throttlesOf,
  type Metric,
} from "./metrics.ts";
import type { Naming } from "./naming.ts";
import { NodeFunction } from "./node-function.ts";
import { all } from "./parts.ts";
import { describe, filled, type MailedConfig, type Problem } from "./runbooks.ts";
import type { StateMachine } from "./state-machine.ts";

export interface AlarmsProps {
  readonly config: MailedConfig & Pick<Config, "sweepMinutes">;
  readonly naming: Naming;
  /** What the metrics of the Lambdas call the stack. */
  readonly service: string;
  /** Who hears of alarms. */
  readonly topic: { readonly arn: string };
  /** Where the Lambdas, tables and triggers are: each that stands there by now gets its alarms. */
  readonly within: IConstruct;
  readonly importMachine: StateMachine;
  readonly reprocessMachine: StateMachine;
  readonly watchdog: NodeFunction;
  readonly sweep: NodeFunction;
  readonly undelivered: EventQueue;
  readonly unwatched: EventQueue;
}

// An alarm's name may be longer than a Lambda's.
const longestName = 255;

/** The alarms of a stack. What retries mend raises none; what is told by one alarm is left out of the others. */
export class Alarms extends Construct {
  readonly #props: AlarmsProps;
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.#onImports();
    this.#onMachines();
    this.#onEvents();
    this.#onLimits();
    for (const lambda of all(NodeFunction, props.within)) this.#onLambda(lambda);
  }

  /** ARNs of the alarms, those first that speak of records. */
  get arns(): string[] {
    return this.#alarms.map(({ arn }) => arn);
  }

  #onImports(): void {
    const { service, config } = this.#props;
    const failed = ofStack(service, "FailedImports");
    const unbalanced = ofStack(service, "UnbalancedImports");
    this.#add("imports-failed", {
      // One that does not balance has failed too, and has an alarm of its own.
      metrics: [failed, unbalanced],
      expression: "FILL(m0, 0) - FILL(m1, 0)",
      crosses: { above: 0 },
      minutes: 5,
    });
    this.#add("imports-unbalanced", { metrics: [unbalanced], crosses: { above: 0 }, minutes: 5 });
    this.#add("failure-rate", {
      // The worst of them: the mean of many imports would hide one.
      metrics: [ofStack(service, "FailurePercent", "Maximum")],
      crosses: { above: config.alarmFailurePercent },
      minutes: 5,
    });
    // These are written by the sweep. While that is silent they stay what they were: it has an alarm of its own.
    const swept = { minutes: 15, silence: "ignore", lasting: true } as const;
    this.#add("failures-open", {
      metrics: [ofStack(service, "OldestOpenFailureHours", "Maximum")],
      crosses: { above: config.alarmOpenFailureHours },
      ...swept,
    });
    this.#add("imports-held", {
      metrics: [ofStack(service, "OldestHeldHours", "Maximum")],
      crosses: { above: config.alarmHeldHours },
      ...swept,
    });
    this.#add("feeds-silent", {
      metrics: [ofStack(service, "SilentFeeds", "Maximum")],
      crosses: { above: 0 },
      ...swept,
    });
  }

  #onMachines(): void {
    const { service, importMachine, reprocessMachine } = this.#props;
    this.#add("executions-unreported", {
      // An execution whose import ends as FAILED fails itself: that is told already. What was stopped or timed out is closed by an
      // execution of its own, which counts for it. A file that could not be received once is received by the next sweep, and an
      // import that could not be reported once is closed: two within an hour are no such case.
      metrics: [ofMachine(importMachine, "ExecutionsFailed"), ofStack(service, "FailedImports")],
      expression: "FILL(m0, 0) - FILL(m1, 0)",
      crosses: { above: 1 },
      minutes: 60,
    });
    this.#add("runs-failed", {
      // The machine's metrics know of runs, too, that could not say so themselves, but are delivered as best AWS can.
      metrics: [...badEndsOf(reprocessMachine), ofStack(service, "FailedRuns")],
      crosses: { above: 0 },
      minutes: 5,
    });
    this.#add("notices-failed", {
      metrics: atLeastOne([
        ...failedCalls(importMachine, "sns:publish"),
        ...failedCalls(importMachine, "events:putEvents"),
      ]),
      // A notice that failed has been tried five times; what retries mend counts less.
      crosses: { above: 4 },
      minutes: 60,
    });
  }

  #onEvents(): void {
    const { config, undelivered, unwatched, watchdog, sweep, within } = this.#props;
    const waits = { crosses: { above: 0 }, minutes: 5, lasting: true } as const;
    this.#add("events-undelivered", { metrics: [depthOf(undelivered)], ...waits });
    this.#add("events-unwatched", { metrics: [depthOf(unwatched)], ...waits });
    this.#add("events-lost", {
      metrics: atLeastOne([
        ...all(EventTrigger, within).map(lostBy),
        // Called asynchronously; what a schedule cannot keep is left out, for its next call does the same.
        ...[watchdog, sweep].map((lambda) => ofFunction(lambda, "DeadLetterErrors")),
      ]),
      crosses: { above: 0 },
      minutes: 5,
    });
    this.#add("sweep-silent", {
      metrics: [ofFunction(sweep, "Invocations")],
      crosses: { below: 1 },
      minutes: Math.max(10, config.sweepMinutes),
      periods: 3,
      // A Lambda that is not called writes nothing.
      silence: "breaching",
      lasting: true,
    });
  }

  #onLimits(): void {
    const { importMachine, reprocessMachine, within } = this.#props;
    // A throttle is tried again for half an hour, so a quarter of one is early enough, and a burst wakes nobody.
    const goesOn = { crosses: { above: 0 }, minutes: 5, periods: 3, lasting: true } as const;
    this.#add("map-runs-waiting", {
      // AWS advises 900 of the 1,000; what waits comes on top.
      metrics: [ofMapRuns("ApproximateOpenMapRunCount"), ofMapRuns("ApproximateMapRunBacklogSize")],
      ...goesOn,
      crosses: { above: 899 },
    });
    this.#add("transitions-throttled", {
      metrics: [ofMachine(importMachine, "ExecutionThrottled"), ofMachine(reprocessMachine, "ExecutionThrottled")],
      ...goesOn,
    });
    const lambdas = all(NodeFunction, within);
    const throttles = (which: (brake: number | undefined) => boolean) =>
      lambdas.filter(({ brake }) => which(brake)).map((one) => ofFunction(one, "Throttles"));
    this.#add("lambdas-throttled", { metrics: atLeastOne(throttles((brake) => brake === undefined)), ...goesOn });
    // An alarm of their own, for one does not take the throttles of all Lambdas.
    const off = throttles((brake) => brake === 0);
    if (off.length > 0) this.#add("unbraked-throttled", { metrics: atLeastOne(off), ...goesOn });
    // Here throttles are the brake at work; an hour of it is more than a night's files should need.
    const on = throttles((brake) => brake !== undefined && brake > 0);
    if (on.length > 0) this.#add("lambdas-braked", { metrics: atLeastOne(on), ...goesOn, periods: 12 });
    for (const table of all(KeyedTable, within))
      this.#add(
        "TABLE-table-throttled",
        { metrics: atLeastOne(throttlesOf(table)), ...goesOn },
        { TABLE: table.node.id },
      );
  }

  #onLambda(lambda: NodeFunction): void {
    const names = { LAMBDA: lambda.node.id };
    this.#add(
      "LAMBDA-lambda-errors",
      // A single error is tried again, or told by the import that it fails.
      { metrics: [ofFunction(lambda, "Errors")], crosses: { above: 0 }, minutes: 5, periods: 3, lasting: true },
      names,
    );
    this.#add(
      "LAMBDA-lambda-slow",
      {
        metrics: [ofFunction(lambda, "Duration", "Maximum")],
        crosses: { above: 0.8 * lambda.timeoutSeconds * 1000 },
        minutes: 5,
      },
      names,
    );
  }

  #add(
    problem: Problem,
    watch: Omit<AlarmProps, "name" | "description" | "topic">,
    about: Readonly<Record<string, string>> = {},
  ): void {
    const { config, naming, service, topic } = this.#props;
    const names = { STACK: service, ...about };
    const name = filled(problem, names);
    this.#alarms.push(
      new Alarm(this, name, {
        name: naming(name, longestName),
        description: describe(problem, names, config),
        topic,
        ...watch,
      }),
    );
  }
}

function badEndsOf(machine: StateMachine): [Metric, ...Metric[]] {
  return [
    ofMachine(machine, "ExecutionsFailed"),
    ofMachine(machine, "ExecutionsTimedOut"),
    ofMachine(machine, "ExecutionsAborted"),
  ];
}

function atLeastOne(metrics: readonly Metric[]): [Metric, ...Metric[]] {
  const [first, ...more] = metrics;
  if (!first) throw new Error("An alarm has nothing to watch.");
  return [first, ...more];
}
