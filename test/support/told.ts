import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Pipeline } from "./engine.ts";

type Line = Readonly<Record<string, unknown>>;

/** One figure of a metric as CloudWatch takes it from a line, without the deployment that each one carries. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: unknown;
  readonly dimensions: Line;
}

/** What the Lambdas of a pipeline have said, from the logs that the engine keeps of them. */
export class Told {
  readonly #pipeline: Pipeline;
  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  /** All that stands in the logs, once nothing more comes: what a sandbox writes reaches its log a moment later. */
  async text(): Promise<string> {
    const folder = join(this.#pipeline.dataDir, "data/logs");
    const read = () =>
      readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), "utf8"))
        .join("");
    let text = read();
    for (;;) {
      await pause(100);
      const more = read();
      if (more === text && (text === "" || text.endsWith("\n"))) return text;
      text = more;
    }
  }

  /** Every line of the logs that a condition fits. Throws where one is not JSON. */
  async lines(fits: (line: Line) => boolean): Promise<Line[]> {
    const lines = (await this.text()).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Line).filter(fits);
  }

  /** The figures of the metrics in lines that a condition fits. Throws where one is not of the project's namespace or has no deployment. */
  async figures(fits: (line: Line) => boolean): Promise<Figure[]> {
    const lines = await this.lines((line) => "_aws" in line && fits(line));
    return lines.flatMap((line) =>
      (line["_aws"] as Embedded).CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
        const [names = []] = Dimensions;
        if (Namespace !== "ProductImport" || line["service"] !== "product-import-dev" || !names.includes("service"))
          throw new Error(`A metric is nobody's: ${JSON.stringify(line)}`);
        const further = names.filter((name) => name !== "service").map((name) => [name, line[name]] as const);
        return Metrics.map(({ Name: name, Unit: unit }) => {
          return { name, unit, value: line[name], dimensions: Object.fromEntries(further) };
        });
      }),
    );
  }
}

/** What CloudWatch looks for in a line. */
interface Embedded {
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
  }[];
}
