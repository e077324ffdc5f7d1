/** Says what a run does, and counts what it has checked. Steps may run beside each other: each says its words in whole lines. */
export class Progress {
  passed = 0;
  readonly failed: string[] = [];

  /** Does one step, and says how long it took and what came of it. */
  async step<T>(what: string, work: () => Promise<T> | T, came?: (result: T) => string): Promise<T> {
    console.log(`${what} …`);
    const start = performance.now();
    let result: T;
    try {
      result = await work();
    } catch (error) {
      console.log(`${what} failed`);
      throw error;
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${what.padEnd(48)} ${seconds.padStart(6)} s${came ? `   ${came(result)}` : ""}`);
    return result;
  }

  /** Holds one fact against what it must be; a run goes on after one that is wrong, to tell of them all. */
  check(fact: string, found: unknown, expected: unknown): void {
    const [is, must] = [JSON.stringify(found), JSON.stringify(expected)];
    if (is === must) {
      this.passed += 1;
      console.log(`  ok   ${fact}`);
    } else {
      this.failed.push(fact);
      console.log(`  FAIL ${fact}: it is ${is}, and must be ${must}`);
    }
  }
}
