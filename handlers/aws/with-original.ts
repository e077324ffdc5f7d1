import { read } from "#aws/objects.ts";
import { readHeader } from "#aws/table.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { largestShown, originalOf } from "#failures/original.ts";

/** A dead letter with its cells; those too large for the table are read from the archived copy. */
export async function withOriginal(letter: DeadLetter): Promise<DeadLetter> {
  if (letter.cells ?? letter.rows ?? letter.raw !== undefined) return letter;
  const { table, at } = letter;
  const whole = [at[0], at[0] + Math.min(at[1], largestShown)] as const;
  const [bytes, header] = await Promise.all([read(table, whole), readHeader(table)]);
  return { ...letter, ...originalOf(bytes, at[0], letter, header, table) };
}
