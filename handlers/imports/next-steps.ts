import { recordErrors, type RecordErrorCode } from "#errors/catalogue.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import type { Action } from "#operations/action.ts";
import type { FailureFilter } from "#reprocessing/flow.ts";

/** What support staff may do next: why, in a sentence, and the actions for it in their order. */
export interface Step {
  readonly why: string;
  readonly actions: readonly Action[];
}

/** How a correction goes, before its actions: a row that runs unchanged fails again, and takes one of its attempts. */
export const correctRows =
  "Fetch them, correct their cells in the file, delete the records that you have not corrected (each run is an attempt), run it:";

/** What to do about an import that has ended; nothing where all went well. */
export function stepsAfterImport({ importId, status, failuresByCode, rejection }: Report): Step[] {
  const show: Action = { ask: "import", importId };
  const rerun = (reason: string): Action => ({ ask: "rerun", importId, reason });
  const failures = stepsForFailures({ importId }, failuresByCode, `failed-${importId}.csv`);
  if (status === "HELD" || status === "PREVIEWED")
    return [
      { why: "What it would do, with what would fail:", actions: [show] },
      { why: "If that is right:", actions: [{ ask: "release", importId, reason: "looked at it" }] },
      { why: "If it is not:", actions: [{ ask: "discard", importId, reason: "wrong file" }] },
    ];
  if (rejection?.code === "DISCARDED")
    return [{ why: "If the file is right after all:", actions: [rerun("the file is right")] }];
  if (status === "REJECTED")
    return [
      { why: "The report, with what was wrong and where:", actions: [show] },
      {
        why: "If the feed was wrong and not the file, once the feed is changed:",
        actions: [rerun("the feed was changed")],
      },
    ];
  if (status === "FAILED")
    return [
      { why: "The report, with what stopped it:", actions: [show] },
      { why: "Once the cause is gone, the import again:", actions: [rerun("the cause is gone")] },
      ...failures,
    ];
  return failures;
}

/** What to do about failed records, by their codes. `filter` means them, `file` is where those that need a correction are put. */
export function stepsForFailures(filter: FailureFilter, codes: FailuresByCode, file: string): Step[] {
  const counts: Record<Cure, number> = { time: 0, service: 0, correction: 0, none: 0 };
  for (const [code, count] of Object.entries(codes)) counts[cureOf(code)] += count;
  const steps: (Step & { readonly of: number })[] = [
    {
      of: counts.time + counts.service + counts.correction + counts.none,
      why: "What failed, and what to do about each:",
      actions: [{ ask: "failures", filter }],
    },
    {
      of: counts.time,
      why: `Time may heal ${counts.time}. Once the cause is gone:`,
      actions: [{ ask: "reprocess", filter, reason: "the cause is gone" }],
    },
    {
      of: counts.service,
      why: `The reference service has failed ${counts.service}. Once it is mended:`,
      actions: [
        {
          ask: "reprocess",
          filter: { ...filter, code: "SERVICE_BAD_ANSWER" },
          includeFinal: true,
          reason: "the service is mended",
        },
      ],
    },
    {
      of: counts.correction,
      why: `${counts.correction} need a correction. ${correctRows}`,
      actions: corrected(filter, file),
    },
    {
      of: counts.correction,
      why: "If a rule of the feed was wrong and not the records, once it is changed:",
      actions: [{ ask: "reprocess", filter, includeFinal: true, reason: "the rule was changed" }],
    },
  ];
  return steps.filter(({ of }) => of > 0).map(({ why, actions }) => ({ why, actions }));
}

/** Failures fetched into a file, and run with what is corrected there. */
export function corrected(filter: FailureFilter, file: string): Action[] {
  return [
    { ask: "export", filter, file },
    { ask: "reprocess", corrections: file, reason: "corrected" },
  ];
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
