/** Runs in a process of its own: finds the repeated keys of a file whose every key stands twice, far apart. */
import { keyIndexOf, keysIn } from "#repeated-keys/key-index.ts";
import { RepeatedKeys } from "#repeated-keys/repeated-keys.ts";
import { peakMegabytes } from "./peak-memory.ts";

/** What the process is told. */
export interface RepeatedKeysTask {
  readonly records: number;
}

/** What it answers. */
export interface RepeatedKeysAnswer {
  readonly peakMegabytes: number;
  /** Without the making of the indexes, which is the work of other Lambdas. */
  readonly seconds: number;
}

const chunkRecords = 5_000;

function find({ records }: RepeatedKeysTask): RepeatedKeysAnswer {
  let seconds = 0;
  const timed = <Result>(work: () => Result): Result => {
    const start = performance.now();
    const result = work();
    seconds += (performance.now() - start) / 1000;
    return result;
  };
  const repeated = new RepeatedKeys(records, true);
  const each = (work: (index: Buffer, firstRecord: number) => unknown): void => {
    for (let first = 0; first < records; first += chunkRecords) {
      const index = indexOf(first, records);
      timed(() => work(index, first + 1));
    }
  };
  each((index) => {
    repeated.collect(keysIn(index));
  });
  timed(() => repeated.collected());
  each((index, firstRecord) => {
    repeated.group(keysIn(index), firstRecord);
  });
  let found = 0;
  each((index, firstRecord) => (found += repeated.repetitionsIn(keysIn(index), firstRecord).length));
  const { keys } = timed(() => repeated.sum());
  if (found !== records || keys !== records / 2)
    throw new Error(`Found ${found} records with ${keys} keys where every key of ${records} records stands twice.`);
  return { peakMegabytes: peakMegabytes(), seconds };
}

/** The index of one chunk; made anew for each pass, as Decide reads it anew. */
function indexOf(first: number, records: number): Buffer {
  const lines = Array.from({ length: Math.min(chunkRecords, records - first) }, (_, place) => {
    const record = first + place + 1;
    const key = `SKU-${record % (records / 2)}`;
    return { kind: "mapped", record, line: record + 1, at: [0, 0], key, product: { sku: key } } as const;
  });
  return keyIndexOf(lines);
}

process.once("message", (task: RepeatedKeysTask) => process.send?.(find(task)));
process.on("disconnect", () => process.exit());
