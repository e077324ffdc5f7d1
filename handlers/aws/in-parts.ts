import { isMissing, read, readJson, write } from "#aws/objects.ts";
import { Unfinished } from "#errors/infrastructure.ts";
import type { ChunkTask, ObjectRef } from "#imports/flow.ts";
import { Interrupted } from "#records/interrupted.ts";
import { formatLines, parseLines } from "#records/json-lines.ts";
import type { Line, Position } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";

/** A chunk in the hands of one attempt of a stage. */
export interface Attempt {
  /** As the machine calls it. */
  readonly stage: string;
  readonly task: ChunkTask;
  /** Where the attempt writes its lines; what it has to tell the next attempt lies beside them. */
  readonly to: ObjectRef;
  /** Milliseconds that are left to it. */
  readonly remaining: () => number;
}

/** What attempts at a chunk leave for the next one. */
interface Trail {
  /** The execution whose attempts they are: what another one has begun says nothing here. */
  readonly owner: string;
  /** Together all lines of the chunk, in their order. */
  readonly parts: readonly Part[];
  /** The part at which an attempt is at work: whoever reads this comes after one that has died of it. */
  readonly at?: number;
}

interface Part {
  readonly lines: number;
  /** Where the lines lie that were made of it. */
  readonly done?: ObjectRef;
  /** Where its lines lie, from a line on, as far as an attempt came that had to end. */
  readonly begun?: ObjectRef & { readonly from: number };
  /** How many attempts have died of it, where it is one record. */
  readonly deaths?: number;
}

// What may take longest of one record is a call to a feed's service, which is given a minute at most. A Lambda with less time than
// twice that shares what it has.
const enoughMilliseconds = 60_000;
// One death may have been anybody's fault.
const mostDeaths = 2;

/**
 * Has `work` replace the lines of a chunk in such a way that whatever ends an attempt takes no other record along. The first attempt works
 * through all of them at once. One that had to end, but lives (Interrupted), leaves how far it came, and the next goes on there. One that
 * died has left at what it was: the next one tries that in parts, and notes each that is done, until the one record is left that no attempt
 * survives, and fails alone. A part has as many parts as the cube root of the chunk's lines, so that three deaths lead to the record.
 * Throws Unfinished where the time is up before all parts are done, and what `work` throws.
 */
export async function inParts<T extends Position>(
  { stage, task, to, remaining }: Attempt,
  lines: readonly T[],
  work: (lines: readonly T[]) => Promise<readonly Line[]> | readonly Line[],
): Promise<readonly Line[]> {
  const { owner } = task.import;
  const enough = Math.min(enoughMilliseconds, remaining() / 2);
  const trailAt = { bucket: to.bucket, key: `${to.key.slice(0, to.key.lastIndexOf("/"))}/trail.json` };
  const parts = partsOf(await readTrail(trailAt, owner), lines.length);
  const note = (at?: number) =>
    write(
      trailAt,
      JSON.stringify({ owner, parts, ...(at !== undefined && { at }) } satisfies Trail),
      "application/json",
    );
  const writePart = async (part: number, of: readonly Line[]): Promise<ObjectRef> => {
    const ref = { bucket: to.bucket, key: to.key.replace(/(\.\w+)$/, `-${part}$1`) };
    await write(ref, formatLines(of), "application/jsonl");
    return ref;
  };

  const all: Line[] = [];
  let from = 0;
  for (const [at, { lines: size, done, begun, deaths = 0 }] of [...parts].entries()) {
    const own = lines.slice(from, from + size);
    if (deaths >= mostDeaths) {
      all.push(deadly(stage, own[0]!));
    } else if (done) {
      all.push(...(await readPart<Line>(done)));
    } else {
      if (at > 0 && remaining() < enough) {
        await note();
        throw new Unfinished(
          `${stage} came to ${from} of ${lines.length} records in its time; the next attempt goes on.`,
        );
      }
      await note(at);
      try {
        const replaced = await work(begun ? (await readPart<T>(begun)).slice(begun.from, begun.from + size) : own);
        if (parts.length > 1) parts[at] = { lines: size, done: await writePart(at, replaced) };
        all.push(...replaced);
      } catch (error) {
        if (error instanceof Interrupted)
          parts[at] = { lines: size, begun: { ...(await writePart(at, error.lines)), from: 0 } };
        await note();
        throw error instanceof Interrupted ? error.cause : error;
      }
    }
    from += size;
  }
  // It is over: should its answer be lost, nothing has died of the last part.
  if (lines.length > 0) await note();
  return all;
}

async function readTrail(at: ObjectRef, owner: string): Promise<Trail | undefined> {
  try {
    const trail = await readJson<Trail>(at);
    return trail.owner === owner ? trail : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readPart<T>(ref: ObjectRef): Promise<T[]> {
  return parseLines<T>((await read(ref)).toString("utf8"));
}

/** The parts to try now: those that the last attempt had, but the one that it died of in smaller ones. */
function partsOf(trail: Trail | undefined, lines: number): Part[] {
  if (lines === 0) return [];
  return (trail?.parts ?? [{ lines }]).flatMap((part, index) =>
    index === trail?.at ? afterDeath(part, lines) : [part],
  );
}

function afterDeath({ lines, begun, deaths = 0 }: Part, all: number): Part[] {
  const size = Math.ceil(lines / Math.max(2, Math.ceil(Math.cbrt(all))));
  return Array.from({ length: Math.ceil(lines / size) }, (_, index) => ({
    lines: Math.min(size, lines - index * size),
    ...(begun && { begun: { ...begun, from: begun.from + index * size } }),
    ...(lines === 1 && { deaths: deaths + 1 }),
  }));
}

function deadly(stage: string, at: Position & { readonly key?: string }): Line {
  const message = `${stage} ended without a result whenever it came to this record, by itself too. Tell the platform team.`;
  return failLine(at, at.key, [{ code: "CRASHED", message }]);
}
