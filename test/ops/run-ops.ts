import { beforeAll } from "vitest";
import { readArguments } from "../../scripts/ops/arguments.ts";
import { runs } from "../../scripts/ops/commands.ts";
import { exitCodeOf } from "../../scripts/ops/endings.ts";
import { Output } from "../../scripts/ops/output.ts";
import { projectOnEngine, type Project } from "../../scripts/ops/project.ts";
import type { Pipeline } from "../support/engine.ts";

/** What a command said, and its exit code. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as `npm run ops -- …` does, on a deployment that is reached already. */
export async function runOps(project: Project, ...argv: string[]): Promise<Said> {
  let [stdout, stderr] = ["", ""];
  const args = readArguments(argv);
  if ("help" in args) throw new Error("Help needs no deployment.");
  const { command, ids, values } = args;
  const out = new Output(values.json ?? false, {
    write: (text) => (stdout += text),
    note: (text) => (stderr += text),
    progress: () => ({ show: (words) => (stderr += `${words}\n`), end: () => undefined }),
  });
  try {
    return { code: await runs[command](project, { ids, values }, out), stdout, stderr };
  } catch (error) {
    return { code: exitCodeOf(error), stdout, stderr: `${stderr}${(error as Error).message}` };
  }
}

/** Runs a command with --json; its answer is `answer`. */
export async function askOps<T>(project: Project, ...argv: string[]): Promise<Said & { readonly answer: T }> {
  const said = await runOps(project, ...argv, "--json");
  return { ...said, answer: (said.stdout === "" ? undefined : JSON.parse(said.stdout)) as T };
}

/** The deployment that a test's pipeline is, with the feeds of its tests. */
export function projectFor(pipeline: Pipeline): { readonly project: Project } {
  let project: Project | undefined;
  beforeAll(() => {
    const feeds = new Map(["bagisto", "simple"].map((name) => [name, { catalog: name }]));
    project = {
      ...projectOnEngine(pipeline.engine.environment, () => Promise.resolve(), feeds),
      who: "local:tester",
      pollMilliseconds: 20,
    };
  });
  return {
    get project() {
      return project!;
    },
  };
}
