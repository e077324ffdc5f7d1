import { table } from "../cli/table.ts";
import type { ColdStart } from "./cold-start.ts";
import type { EndToEnd } from "./end-to-end.ts";
import type { Machine } from "./machine.ts";
import type { Memory } from "./memory.ts";
import type { RepeatedKeysFigures } from "./repeated-keys.ts";
import type { Splitting } from "./splitting.ts";
import type { Stages } from "./stages.ts";

/** What the parts of the bench measure. */
export interface Figures {
  readonly splitting: Splitting;
  readonly stages: Stages;
  readonly endToEnd: EndToEnd;
  readonly memory: Memory;
  readonly repeatedKeys: RepeatedKeysFigures;
  readonly coldStart: ColdStart;
}

/** What was measured; parts may have been left out. */
export type Measured = Partial<Figures> & { readonly machine: Machine };

/** A figure that has an aim: so much at least, or so much at most. */
interface Aimed {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}

/** The figures for people: each beside its aim and whether it was met, and what they are made of below. */
export function figuresText(measured: Measured): string {
  const { machine } = measured;
  const [before, after] = machine.loadAverage;
  const rows = aimed(measured).map((one) => [
    one.figure,
    shown(one.value, one.unit),
    one.least === undefined ? `at most ${shown(one.most!, one.unit)}` : `at least ${shown(one.least, one.unit)}`,
    isMet(one) ? "met" : "MISSED",
  ]);
  return [
    table(["figure", "measured", "aim", ""], rows),
    ...details(measured),
    `${machine.processor}, ${machine.cores} cores, ${shown(machine.memoryMegabytes, "MB")}, ${machine.platform}, ` +
      `node ${machine.node}; load average ${before} before, ${after} after`,
  ].join("\n\n");
}

function aimed({ splitting, stages, endToEnd, memory, repeatedKeys, coldStart }: Measured): Aimed[] {
  const all: Aimed[] = [];
  if (splitting) all.push({ figure: "splitting", value: splitting.megabytesPerSecond, unit: "MB/s", least: 500 });
  if (stages) all.push({ figure: "stages to csv-parse", value: stages.ratio, unit: "", least: 0.5 });
  if (endToEnd) all.push({ figure: "end to end to store alone", value: endToEnd.ratio, unit: "", least: 0.8 });
  if (memory) all.push({ figure: "peak memory", value: memory.peakMegabytes, unit: "MB", most: 300 });
  if (repeatedKeys) all.push({ figure: "repeated keys", value: repeatedKeys.peakMegabytes, unit: "MB", most: 1000 });
  if (coldStart) {
    all.push({ figure: "slowest cold start", value: coldStart.slowestMilliseconds, unit: "ms", most: 150 });
    all.push({ figure: "largest bundle", value: coldStart.largestBundleKilobytes, unit: "kB", most: 1000 });
  }
  return all;
}

function isMet({ value, least = -Infinity, most = Infinity }: Aimed): boolean {
  return value >= least && value <= most;
}

function details({ stages, endToEnd, memory, repeatedKeys }: Measured): string[] {
  const rows: (readonly [string, string])[] = [];
  if (stages) {
    rows.push(["stages", shown(stages.recordsPerSecond, "records/s")]);
    const { rowsPerSecond, ratio } = stages.grouped;
    rows.push(["stages over groups of five rows", `${shown(rowsPerSecond, "rows/s")} (${ratio} of csv-parse)`]);
    rows.push(["csv-parse alone", shown(stages.csvParseRecordsPerSecond, "records/s")]);
  }
  if (endToEnd) {
    rows.push([`end to end, ${shown(endToEnd.records, "records")}`, shown(endToEnd.recordsPerSecond, "records/s")]);
    rows.push(["store alone", shown(endToEnd.storeRecordsPerSecond, "records/s")]);
  }
  for (const [records, peak] of Object.entries(memory?.byRecords ?? {}))
    rows.push([`peak memory, ${shown(Number(records), "records")}`, shown(peak, "MB")]);
  if (repeatedKeys) {
    const { records, seconds } = repeatedKeys;
    rows.push([`repeated keys, ${shown(records, "records")}`, shown(seconds, "s")]);
  }
  return rows.length > 0 ? [table(["of which", "measured"], rows)] : [];
}

function shown(value: number, unit: string): string {
  return `${value.toLocaleString("en")} ${unit}`.trimEnd();
}
