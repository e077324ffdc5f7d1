/** The middle of some figures, so that one disturbed round does not count; the lower of two middles. */
export function median(figures: readonly number[]): number {
  const middle = [...figures].sort((a, b) => a - b)[(figures.length - 1) >> 1];
  if (middle === undefined) throw new RangeError("There is no middle of no figures.");
  return middle;
}

/** How long some work takes, in seconds. */
export function secondsOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** Rounds to so many digits behind the point. */
export function rounded(figure: number, digits = 0): number {
  return Number(figure.toFixed(digits));
}
