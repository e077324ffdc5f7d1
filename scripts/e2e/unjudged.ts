/** Something of the stack that the emulator cannot judge. */
interface Unjudged {
  readonly what: string;
  /** What the emulator does instead of what AWS does. */
  readonly emulator: string;
  /** Where it is held instead. */
  readonly instead: string;
}

/** What MiniStack 1.5.33 cannot judge. */
const unjudged: readonly Unjudged[] = [
  {
    what: "Retry and Catch by an error's name, jitter, longest delays, time-outs",
    emulator: "names every error of a Lambda alike and ignores the rest",
    instead: "test/machine and test/state-machines, on the embedded engine",
  },
  {
    what: "results that a Map writes to S3, states over 256 KiB",
    emulator: "hands results on by value, without a limit",
    instead: "the engine's limit in test/machine",
  },
  {
    what: "queues for what EventBridge and Scheduler cannot deliver",
    emulator: "keeps their settings and never uses them",
    instead: "test/infra",
  },
  {
    what: "a replay from the archive",
    emulator: "archives no event of S3",
    instead: "above: every event delivered again as a replay would",
  },
  {
    what: "the stopping of a Map's children with their parent",
    emulator: "lets them go on",
    instead: "above: they change nothing",
  },
  {
    what: "the version that a Lambda is created with",
    emulator: "gives it the ARN of the latest",
    instead: "above: published once more, and named by every machine",
  },
  {
    what: "the roles of machines, rules and schedules, and the use of the key",
    emulator: "judges the calls of Lambdas and people only, and encrypts nothing",
    instead: "test/infra",
  },
  {
    what: "the machines' logs and traces, alarms that go off, mails",
    emulator: "writes no logs of machines, gives back no tracing, evaluates no metric math, sends nothing",
    instead: "test/infra",
  },
  {
    what: "retention, point-in-time recovery, a redrive",
    emulator: "keeps the settings; knows no RedriveExecution",
    instead: "test/infra, test/machine",
  },
];

/** Says what a run could not judge. */
export function sayUnjudged(): void {
  const lines = unjudged.map(({ what, emulator, instead }) => `  ${what}: MiniStack ${emulator}; held by ${instead}`);
  console.log(["\nNot judged here:", ...lines, ""].join("\n"));
}
