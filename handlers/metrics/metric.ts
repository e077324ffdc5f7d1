/** One figure for the metrics. Every one is also told apart by the deployment that it comes from. */
export interface Metric {
  readonly name: string;
  readonly unit: "Count" | "Seconds" | "Percent" | "None";
  readonly value: number;
  /** What else it is told apart by. Each combination of values is a metric to pay for: never an identity. */
  readonly dimensions?: Readonly<Record<string, string>>;
}
