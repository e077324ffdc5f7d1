import { opsCommand, type Deployment } from "#imports/ops-command.ts";
import type { Config } from "./config.ts";

/** What an alarm means and what to do; STACK, LAMBDA and TABLE stand for names. */
interface Runbook {
  readonly means: string;
  /** What to do first, as exact steps. */
  readonly first: string;
  /** The heading of the README that has more. */
  readonly more: string;
}

/** Every alarm by its name, those first that speak of records. */
export const runbooks = {
  "imports-failed": {
    means: "An import ended as `FAILED`. What it did not store is dead letters now, or lies in the archived original.",
    first:
      "`npm run ops -- imports --status FAILED --since 24h` names it, `npm run ops -- imports show ID` says what stopped it. When the cause is gone: `npm run ops -- imports rerun ID --reason TEXT`; what is stored stays as it is.",
    more: "Support",
  },
  "imports-unbalanced": {
    means:
      "An import does not add up: its records, their outcomes and its dead letters differ, or it failed before they were counted. Records may be missing.",
    first:
      "`npm run ops -- imports --status FAILED --since 24h` names it, `npm run ops -- imports show ID --out DIR` fetches its report: keep that for the developers. Then `npm run ops -- imports rerun ID --reason TEXT` imports every record once more.",
    more: "See the result",
  },
  "failure-rate": {
    means:
      "More of an import's records failed than `alarmFailurePercent`: upstream has changed its layout, or a service was down.",
    first:
      "`npm run ops -- failures --since 24h` counts them by code. What time heals: `npm run ops -- reprocess --since 24h --reason TEXT`. Else correct it: `npm run ops -- failures export --since 24h --out FILE.csv`.",
    more: "Error codes",
  },
  "failures-open": {
    means:
      "A dead letter has been `OPEN` for longer than `alarmOpenFailureHours`: nobody has corrected it, run it again or given it up.",
    first:
      "`npm run ops -- failures --status OPEN` lists what waits. Correct it (`npm run ops -- failures export --out FILE.csv`), run it again (`npm run ops -- reprocess --reason TEXT`) or give it up (`npm run ops -- park ID --reason TEXT`).",
    more: "Correct and drop again",
  },
  "imports-held": {
    means:
      "An import has been `HELD` for longer than `alarmHeldHours`: nobody has looked at what its file would do. Nothing of it is stored.",
    first:
      "`npm run ops -- imports --status HELD` names it, `npm run ops -- imports show ID` says which guard holds it and what it would change. If that is right: `npm run ops -- imports release ID --reason TEXT`, else `npm run ops -- imports discard ID --reason TEXT`.",
    more: "Look before, hold",
  },
  "feeds-silent": {
    means: "A feed has had no new file for longer than its `silentAfterHours`.",
    first:
      "The dashboard STACK shows which. `npm run ops -- events` tells whether its file could not be delivered, `npm run ops -- imports --feed FEED` when it came last. If neither helps, ask upstream.",
    more: "Write a feed",
  },
  "executions-unreported": {
    means:
      "More executions of the import machine failed within an hour than imports were reported as `FAILED`: files cannot be received, or imports not closed. The sweep goes on trying.",
    first:
      "Step Functions console, STACK-import-machine, status Failed: the error of the latest says what is down. `npm run ops -- imports --status RUNNING` shows what is not closed. When the cause is gone, the sweep does the rest.",
    more: "States",
  },
  "runs-failed": {
    means: "A reprocessing run failed, timed out or was stopped. Its dead letters become `OPEN` again.",
    first:
      "`npm run ops -- imports --status FAILED --since 24h` shows whether an import of it failed; else Step Functions console, STACK-reprocess-machine. When the cause is gone: `npm run ops -- reprocess --reason TEXT`.",
    more: "Support",
  },
  "notices-failed": {
    means:
      "Mails or events about imports and runs could not be sent: five attempts or more failed within an hour. What they tell of is done and stored. Counted over all state machines of the account and Region.",
    first:
      "Step Functions console, STACK-import-machine and STACK-reprocess-machine: the latest executions tell the error as `$.noticeFailed`, in the output of Notify or Announce. If none has it, another machine of the account is meant. Else the policy of the key, the topic STACK-notices or the bus STACK-announcements is changed or gone: deploy again. `npm run ops -- imports --since 24h` tells what was not mailed.",
    more: "Events and notices",
  },
  "events-undelivered": {
    means: "Events or scheduled runs could not start a machine and wait, 14 days at most.",
    first:
      "`npm run ops -- events` lists them with the error. When its cause is gone: `npm run ops -- events --redrive`. Scheduled calls stay: delete them in the SQS console, STACK-undelivered-events; the next one does their work.",
    more: "Support",
  },
  "events-unwatched": {
    means: "The watchdog or the sweep could not be called, or failed. The next sweep does the same work.",
    first:
      "SQS console, STACK-unwatched-events, Poll for messages: the attributes tell the error. `npm run ops -- imports --status RUNNING` shows whether anything is left. When it is not, purge the queue.",
    more: "States",
  },
  "events-lost": {
    means: "An event could be neither delivered nor kept in a queue: the queue's policy or the key refuses it.",
    first:
      "The sweep starts the imports of lost files by itself: `npm run ops -- imports --since 1h`. Lost requests for a run are asked for again: `npm run ops -- reprocess --reason TEXT`. Then deploy again, which puts the policies right.",
    more: "Security",
  },
  "sweep-silent": {
    means:
      "The sweep has not run for half an hour, or for three of its rounds: nobody looks for lost files and left imports.",
    first:
      "`aws scheduler get-schedule --name STACK-sweep-schedule --query State` must say ENABLED; if it does, see the alarms on throttles and STACK-sweep-lambda-errors. If the schedule is gone, deploy again.",
    more: "Configuration",
  },
  "map-runs-waiting": {
    means:
      "900 of the 1,000 Map Runs that the account may have are open, for a quarter of an hour; beyond, imports wait.",
    first:
      "Nothing is lost: `npm run ops -- imports --status RUNNING` shows what is under way. If it is not ours, the Step Functions console shows whose machine has so many. Let upstream drop larger files, and fewer.",
    more: "Limits",
  },
  "transitions-throttled": {
    means:
      "Step Functions has slowed the machines down for a quarter of an hour: the account's state transitions are used up.",
    first:
      "Service Quotas console, AWS Step Functions, StateTransition throttle token refill rate: ask for more. Until then deploy with a lower `prepareConcurrency`.",
    more: "Configuration",
  },
  "lambdas-throttled": {
    means:
      "A Lambda that has no brake was refused for a quarter of an hour: the account's concurrent Lambdas are used up.",
    first:
      "`aws lambda get-account-settings --query AccountLimit` shows the limit: ask for more in the Service Quotas console, AWS Lambda, Concurrent executions. Until then deploy with lower `reservedPreparers`.",
    more: "Limits",
  },
  "unbraked-throttled": {
    means:
      "A Lambda whose brake is off, `reservedPreparers` or `reservedWriters` being 0, was refused for a quarter of an hour: the account's concurrent Lambdas are used up.",
    first:
      "`aws lambda get-account-settings --query AccountLimit` shows the limit: ask for more in the Service Quotas console, AWS Lambda, Concurrent executions. Until then deploy with a lower `prepareConcurrency` and `importConcurrency`. What gave up: `npm run ops -- reprocess --code THROTTLED --reason TEXT`.",
    more: "Limits",
  },
  "lambdas-braked": {
    means:
      "For an hour more chunks have waited than `reservedPreparers` and `reservedWriters` let through. Waiting is meant; chunks that wait too long fail.",
    first:
      "`npm run ops -- imports --status RUNNING` shows the load. If no table is throttled, deploy with a higher `reservedWriters`. What gave up: `npm run ops -- reprocess --code THROTTLED --reason TEXT`.",
    more: "Configuration",
  },
  "TABLE-table-throttled": {
    means: "DynamoDB has refused reads or writes of the table or of an index for a quarter of an hour.",
    first:
      "DynamoDB console, STACK-TABLE, Monitor: which index, and whether one key is hot. If not, deploy with a higher `maxTableWriteUnits`, if there is one, or with a lower `writeConcurrency` or `reservedWriters`. What gave up: `npm run ops -- reprocess --code THROTTLED --reason TEXT`.",
    more: "Limits",
  },
  "LAMBDA-lambda-errors": {
    means:
      "The Lambda has failed again and again for a quarter of an hour. Where retries do not help, its chunks or imports fail.",
    first:
      '`aws logs tail /aws/lambda/STACK-LAMBDA --since 30m --filter-pattern \'?ERROR ?WARN ?timeout ?"timed out" ?"Runtime."\'` says why: an error, a retried one, a time-out, or memory that ran out. When the cause is gone: `npm run ops -- reprocess --reason TEXT`.',
    more: "States",
  },
  "LAMBDA-lambda-slow": {
    means:
      "A call of the Lambda took more than four fifths of its time-out; a slower one would be cut off and tried again.",
    first:
      "`npm run ops -- failures --code TIMED_OUT --since 24h` shows whether records were lost to it, `npm run ops -- imports --since 24h` whether a file was unusually large. Of a chunk's Lambda: deploy with lower `chunkRecords`.",
    more: "Limits",
  },
} as const satisfies Record<string, Runbook>;

export type Problem = keyof typeof runbooks;

/** A text with the names that it speaks of. */
export function filled(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(/STACK|LAMBDA|TABLE/g, (word) => names[word] ?? word);
}

/** The settings that the mail of an alarm speaks of. */
export type MailedConfig = Deployment &
  Pick<Config, "alarmFailurePercent" | "alarmOpenFailureHours" | "alarmHeldHours">;

/** What the mail of an alarm says below its state: with the names, the thresholds, and commands that reach the deployment. */
export function describe(problem: Problem, names: Readonly<Record<string, string>>, config: MailedConfig): string {
  const { means, first, more } = runbooks[problem];
  return filled(`${means}\nRunbook: ${first}\nMore: README, ${more}.`, names)
    .replaceAll(/(?<=`)npm run ops -- ([^`]*)/g, (_, command: string) => opsCommand(command, config))
    .replace("`alarmFailurePercent`", `${config.alarmFailurePercent} % (alarmFailurePercent)`)
    .replace("`alarmHeldHours`", `${config.alarmHeldHours} hours (alarmHeldHours)`)
    .replace("`alarmOpenFailureHours`", `${config.alarmOpenFailureHours} hours (alarmOpenFailureHours)`);
}
