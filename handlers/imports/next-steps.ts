import { recordErrors, type RecordErrorCode } from "#errors/catalogue.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";

/** What support staff may do next: why, in a sentence, and the commands of `ops` for it, each from its first word on. */
export interface Step {
  readonly why: string;
  readonly commands: readonly string[];
}

/** How a correction goes, before its commands: a row that runs unchanged fails again, and takes one of its attempts. */
export const correctRows =
  "Fetch them, correct their cells in the file, delete the records that you have not corrected (each run is an attempt), run it:";

/** What to do about an import that has ended; nothing where all went well. */
export function stepsAfterImport({ importId, status, failuresByCode, rejection }: Report): Step[] {
  const show = `imports show ${importId}`;
  const rerun = (reason: string) => `imports rerun ${importId} --reason "${reason}"`;
  const failures = stepsForFailures(`--import ${importId}`, failuresByCode, `failed-${importId}.csv`);
  if (status === "HELD" || status === "PREVIEWED")
    return [
      { why: "What it would do, with what would fail:", commands: [show] },
      { why: "If that is right:", commands: [`imports release ${importId} --reason "looked at it"`] },
      { why: "If it is not:", commands: [`imports discard ${importId} --reason "wrong file"`] },
    ];
  if (rejection?.code === "DISCARDED")
    return [{ why: "If the file is right after all:", commands: [rerun("the file is right")] }];
  if (status === "REJECTED")
    return [
      { why: "The report, with what was wrong and where:", commands: [show] },
      {
        why: "If the feed was wrong and not the file, once the feed is changed:",
        commands: [rerun("the feed was changed")],
      },
    ];
  if (status === "FAILED")
    return [
      { why: "The report, with what stopped it:", commands: [show] },
      { why: "Once the cause is gone, the import again:", commands: [rerun("the cause is gone")] },
      ...failures,
    ];
  return failures;
}

/**
 * What to do about failed records, by their codes. `scope` are the options of `ops` that mean them, `file` is where those that
 * need a correction are put.
 */
export function stepsForFailures(scope: string, codes: FailuresByCode, file: string): Step[] {
  const counts: Record<Cure, number> = { time: 0, service: 0, correction: 0, none: 0 };
  for (const [code, count] of Object.entries(codes)) counts[cureOf(code)] += count;
  const reprocess = (options: string, reason: string) => words("reprocess", scope, options, `--reason "${reason}"`);
  const steps: (Step & { readonly of: number })[] = [
    {
      of: counts.time + counts.service + counts.correction + counts.none,
      why: "What failed, and what to do about each:",
      commands: [words("failures", scope)],
    },
    {
      of: counts.time,
      why: `Time may heal ${counts.time}. Once the cause is gone:`,
      commands: [reprocess("", "the cause is gone")],
    },
    {
      of: counts.service,
      why: `The reference service has failed ${counts.service}. Once it is mended:`,
      commands: [reprocess("--code SERVICE_BAD_ANSWER --include-final", "the service is mended")],
    },
    {
      of: counts.correction,
      why: `${counts.correction} need a correction. ${correctRows}`,
      commands: [
        words("failures export", scope, `--out ${file}`),
        `reprocess --corrections ${file} --reason "corrected"`,
      ],
    },
    {
      of: counts.correction,
      why: "If a rule of the feed was wrong and not the records, once it is changed:",
      commands: [reprocess("--include-final", "the rule was changed")],
    },
  ];
  return steps.filter(({ of }) => of > 0).map(({ why, commands }) => ({ why, commands }));
}

/** What has to come before a record runs again. */
type Cure = "time" | "service" | "correction" | "none";

function cureOf(code: string): Cure {
  // Another version of the catalogue may have failed the record.
  if (Object.hasOwn(recordErrors, code) && recordErrors[code as RecordErrorCode].heals) return "time";
  if (code === "SERVICE_BAD_ANSWER") return "service";
  // A row that was refused has no failure of its own that could run.
  return code.startsWith("FAILURE_") ? "none" : "correction";
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
