/** Something of the stack that the emulator cannot judge. */
interface Unjudged {
  readonly what: string;
  /** What the emulator does instead of what AWS does. */
  readonly emulator: string;
  /** Where it is held, or what was seen, instead. */
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
    instead: "every event was delivered again as a replay delivers it",
  },
  {
    what: "the stopping of a Map's children with their parent",
    emulator: "lets them go on",
    instead: "they changed nothing",
  },
  {
    what: "the version that a Lambda is created with",
    emulator: "gives it the ARN of the latest",
    instead: "it was published once more, and then named by every machine",
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
    what: "throttles, by the brake or by the account",
    emulator: "has another name for them",
    instead: "test/infra/brake.test.ts",
  },
  {
    what: "lifecycles of objects, restored tables, redrives",
    emulator: "keeps the settings, and knows no RedriveExecution",
    instead: "test/infra",
  },
];

/** Says what a run could not judge. */
export function sayUnjudged(): void {
  const lines = unjudged.map(({ what, emulator, instead }) => `  ${what}: it ${emulator}. Instead: ${instead}.`);
  console.log(["\nNot judged here, for want of it in MiniStack:", ...lines, ""].join("\n"));
}
