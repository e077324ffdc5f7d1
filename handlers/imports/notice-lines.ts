import type { Step } from "#imports/next-steps.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { opsCommand, type Deployment } from "#imports/ops-command.ts";
import { opsWords } from "#operations/action.ts";

/** A notice for people: counts, codes and commands, no cell contents. */
export interface Notice {
  readonly subject: string;
  readonly message: string;
}

// SNS takes ASCII on one line, of "less than 100 characters": the reference of its Publish.
const longestSubject = 99;

/** A text as the subject of a mail: what SNS refuses in one is replaced, and what is too long is cut. */
export function subjectOf(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, longestSubject);
}

const mostCodes = 10;

/** The codes of failed records as lines of a notice, those of the most records first; nothing where there are none. */
export function codeLines(codes: Readonly<Record<string, number>>, title = "Failures by code:"): string[] {
  const all = Object.entries(codes).sort(([, a], [, b]) => b - a);
  if (all.length === 0) return [];
  const lines = all.slice(0, mostCodes).map(([code, count]) => `  ${code}: ${count}`);
  return [title, ...lines, ...(all.length > mostCodes ? [`  and ${all.length - mostCodes} more codes`] : [])];
}

/** The codes of warnings as lines of a notice, as those of failures. */
export function warningLines(warnings: readonly CountedWarning[]): string[] {
  return codeLines(Object.fromEntries(warnings.map(({ code, count }) => [code, count])), "Warnings by code:");
}

/** What to do next as lines of a notice: commands to be copied, for the deployment that the notice comes from. */
export function stepLines(steps: readonly Step[], deployment: Deployment): string[] {
  const lines = steps.flatMap(({ why, actions }) => [
    why,
    ...actions.map((action) => `  ${opsCommand(opsWords(action), deployment)}`),
  ]);
  return lines.length > 0 ? ["", "What to do next, in a checkout of the project:", ...lines] : [];
}
