import { declaredBy, type HeaderRules, type RecognisedHeader } from "#csv/header.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { warningOf } from "#warnings/count.ts";

/** What is to be told of an accepted header. A failed-records CSV lacks what its files have lacked, which was told then. */
export function headerWarnings(header: RecognisedHeader, rules: HeaderRules): CountedWarning[] {
  const { columns, recognised, failedRecords } = header;
  const absent = failedRecords ? [] : declaredBy(rules).filter(({ name }) => !columns.includes(name));
  return [
    ...told(
      "COLUMN_RECOGNISED",
      recognised.map(({ column, value }) => ({ line: 1, column, value })),
    ),
    ...told(
      "COLUMN_ABSENT",
      absent.map(({ name }) => ({ column: name })),
    ),
  ];
}

function told(...[code, examples]: Parameters<typeof warningOf>): CountedWarning[] {
  return examples.length === 0 ? [] : [warningOf(code, examples)];
}
