import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { rounded } from "./measure.ts";

/** Where the figures were measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMegabytes: number;
  readonly platform: string;
  readonly node: string;
  /** Of the last minute, when the bench began and when it ended; what exceeds 1 at the beginning are others. */
  readonly loadAverage: readonly [before: number, after: number];
}

/** Describes this machine, on which the load was `before` when the bench began. */
export function describeMachine(before: number): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryMegabytes: Math.round(totalmem() / 1e6),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadAverage: [before, currentLoad()],
  };
}

/** Load average of the last minute. */
export function currentLoad(): number {
  return rounded(loadavg()[0] ?? 0, 2);
}
