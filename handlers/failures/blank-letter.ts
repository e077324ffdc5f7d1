import { isBlankRecord } from "#csv/no-record.ts";
import { rowsOf, type DeadLetter } from "#failures/dead-letter.ts";
import { isBlankRow } from "#records/is-blank-row.ts";

/**
 * Whether the record of a dead letter is blank as its file has it. What a person has emptied since is not: nobody has decided that
 * it is nothing.
 */
export function isBlankLetter(letter: DeadLetter): boolean {
  const { history, table } = letter;
  if (history.some(({ corrections }) => corrections !== undefined)) return false;
  const rows = rowsOf(letter) ?? [{}];
  return rows.every(({ cells, raw }) =>
    cells ? isBlankRow(cells) : raw !== undefined && isBlankRecord(Buffer.from(raw), table),
  );
}
