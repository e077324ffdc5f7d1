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

/** Does the work for each item, `concurrency` at a time, and hands the results on one by one, in the order of the items. */
export async function inOrderAtOnce<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
  take: (result: R) => Promise<void>,
): Promise<void> {
  let before: Promise<void> = Promise.resolve();
  await forEachAtOnce(items, concurrency, async (item) => {
    // Items are begun in their order, so that whoever is waited for is under way.
    const turn = before;
    let done = (): void => undefined;
    before = new Promise((resolve) => (done = resolve));
    try {
      const result = await work(item);
      await turn;
      await take(result);
    } finally {
      done();
    }
  });
}
