import { inParts, type Attempt } from "#aws/in-parts.ts";
import { isMissing, read, readJson, write } from "#aws/objects.ts";
import type { ChunkTask, LinesRef, ObjectRef } from "#imports/flow.ts";
import { checkConserved, formatLines, parseLines } from "#records/json-lines.ts";
import type { Repetition } from "#repeated-keys/repeated-keys.ts";
import type { ScatteredGroup } from "#repeated-keys/scattered-groups.ts";
import type { Line } from "#records/line.ts";

/** Reads the lines that the previous stage left of a chunk. */
export async function readLines(ref: ObjectRef): Promise<Line[]> {
  return parseLines<Line>((await read(ref)).toString("utf8"));
}

/** Reads which records of a chunk have keys or groups that others have; none where nothing says so, or it has expired. */
export async function readRepetitions(ref: ObjectRef | undefined): Promise<(Repetition | ScatteredGroup)[]> {
  try {
    return ref ? await readJson<(Repetition | ScatteredGroup)[]>(ref) : [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Writes a stage's lines; says where they are and how many of them failed. */
export async function writeLines(to: ObjectRef, lines: readonly Line[]): Promise<LinesRef> {
  await write(to, formatLines(lines), "application/jsonl");
  return { ...to, lines: lines.length, failed: lines.filter((line) => line.kind === "failed").length };
}

/**
 * The work of a stage that takes lines and gives lines: reads those of the chunk, has each replaced, in parts where an earlier attempt did not
 * get through, checks that none went missing, and hands the new ones on under a key of this attempt. `prepare` looks at all of them first.
 */
export async function replaceLines(
  attempt: Attempt,
  replace: (lines: readonly Line[]) => Promise<readonly Line[]> | readonly Line[],
  prepare: (lines: readonly Line[]) => Promise<readonly Line[]> | readonly Line[] = (lines) => lines,
): Promise<{ readonly task: ChunkTask & { readonly lines: LinesRef }; readonly lines: readonly Line[] }> {
  const { stage, task, to } = attempt;
  if (!task.lines)
    throw new TypeError(`${stage} needs the lines of chunk ${task.chunk.chunk}, and the task names none.`);
  const before = await readLines(task.lines);
  const after = await inParts(attempt, await prepare(before), replace);
  checkConserved(stage, before, after);
  return { task: { ...task, lines: await writeLines(to, after) }, lines: after };
}
