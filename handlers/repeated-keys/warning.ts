import type { RepeatedKeysSum } from "#repeated-keys/repeated-keys.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";

/**
 * What a person should know of keys that several records of a file have, where the last of each was taken. It counts nothing itself:
 * its records are counted where they are superseded.
 */
export function repeatedKeysWarning({ keys, records }: RepeatedKeysSum): CountedWarning {
  const [key, each] = keys === 1 ? ["key stands", "it"] : ["keys stand", "each"];
  const counted = `${keys.toLocaleString("en")} ${key} in ${records.toLocaleString("en")} records of the file`;
  const message = `${counted}, and only the last record of ${each} was taken: send each key once.`;
  return { code: "KEY_REPEATED", count: 0, examples: [], message };
}
