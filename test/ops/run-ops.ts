import { SQSClient } from "@aws-sdk/client-sqs";
import { beforeAll } from "vitest";
import { readArguments } from "../../scripts/ops/arguments.ts";
import { runs } from "../../scripts/ops/commands.ts";
import { exitCodeOf } from "../../scripts/cli/endings.ts";
import { Output } from "../../scripts/cli/output.ts";
import { projectOnEngine, type Project } from "../../scripts/ops/project.ts";
import type { Pipeline } from "../support/engine.ts";

/** The role of support staff, under which all commands of the tests run. */
export const supportRole = "product-import-dev-support";

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

/** The deployment that a test's pipeline is, as support staff may reach it, with the feeds of its tests. */
export function projectFor(pipeline: Pipeline): { readonly project: Project } {
  let project: Project | undefined;
  beforeAll(() => {
    const feeds = new Map(["bagisto", "simple"].map((name) => [name, { catalog: name }]));
    project = {
      ...projectOnEngine(supportSettings(pipeline), () => Promise.resolve(), { feeds }),
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

/** A queue's client as support staff may use it; the engine itself has no queues. */
export function queueClient(pipeline: Pipeline, endpoint: string): SQSClient {
  const settings = supportSettings(pipeline, { AWS_ENDPOINT_URL_SQS: endpoint });
  return new SQSClient({
    endpoint: settings["AWS_ENDPOINT_URL_SQS"]!,
    region: settings["AWS_REGION"]!,
    credentials: {
      accessKeyId: settings["AWS_ACCESS_KEY_ID"]!,
      secretAccessKey: settings["AWS_SECRET_ACCESS_KEY"]!,
    },
    // The queue's address comes with the queue; here it must not win over the server's.
    useQueueUrlAsEndpoint: false,
  });
}

function supportSettings({ judge, engine }: Pipeline, more: Readonly<Record<string, string>> = {}) {
  return judge.settingsFor(supportRole, { ...engine.environment, ...more });
}
