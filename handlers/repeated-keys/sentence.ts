import type { RepeatedKeysSum } from "#repeated-keys/repeated-keys.ts";

/** What a person should know of keys that several records of a file have, where the last of each was taken. */
export function repeatedKeysSentence({ keys, records }: RepeatedKeysSum): string {
  const [key, each] = keys === 1 ? ["key stands", "it"] : ["keys stand", "each"];
  const counted = `${keys.toLocaleString("en")} ${key} in ${records.toLocaleString("en")} records of the file`;
  return `${counted}, and only the last record of ${each} was taken: send each key once.`;
}
