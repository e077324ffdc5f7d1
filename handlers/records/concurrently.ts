/**
 * Does the work for each item, `concurrency` at a time. After the first error no further item is begun; it is thrown once
 * nothing is under way any more, so that nobody still writes when the caller answers.
 */
export async function forEachAtOnce<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    for (let index = next++; index < items.length; index = next++) await work(items[index]!, index);
  }
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, () =>
    worker().catch((error: unknown) => {
      next = items.length;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(workers)).find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}
