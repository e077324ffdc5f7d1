import type { Place } from "./trial.ts";

/** All that an environment's tables and buckets hold, as one text a thing, in an order that does not change. */
export async function contentsOf({ aws, stack }: Place): Promise<string[]> {
  const tables = ["imports_table", "failures_table", "products_table"].map(async (table) =>
    (await aws.items(stack[table]!)).map((item) => `${table}: ${JSON.stringify(item, sortedKeys)}`),
  );
  const buckets = ["inbox_bucket", "work_bucket", "archive_bucket"].map(async (bucket) =>
    (await aws.keys(stack[bucket]!)).map((key) => `${bucket}: ${key}`),
  );
  return (await Promise.all([...tables, ...buckets])).flat().sort();
}

/** What is in one of two contents and not in the other. */
export function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((text) => !has.has(text)).map((text) => `gone: ${text}`),
    ...after.filter((text) => !had.has(text)).map((text) => `new: ${text}`),
  ];
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
