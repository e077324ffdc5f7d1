import { randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { ReprocessRequest, RunCounts, RunEntry } from "#reprocessing/flow.ts";
import { CannotDo } from "../cli/endings.ts";
import { follow, importWords, start } from "./follow.ts";
import type { Project } from "./project.ts";

/** A run that is over. */
export interface RunEnd {
  readonly runId: string;
  readonly status: "DONE" | "FAILED";
  readonly counts: RunCounts;
  readonly imports: NonNullable<RunEntry["imports"]>;
}

/** What a person calls a run: the time at which it began, and something that sets it apart. */
export function newRunId(now = new Date()): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return `ops-${time}-${randomBytes(3).toString("hex")}`;
}

/** Puts corrections where the run reads them. */
export async function uploadCorrections(
  { s3, names }: Project,
  runId: string,
  bytes: Buffer,
): Promise<NonNullable<ReprocessRequest["corrections"]>> {
  const ref = { bucket: names.workBucket, key: `corrections/${runId}.csv` };
  const ContentType = "text/csv; charset=utf-8";
  await s3.send(new PutObjectCommand({ Bucket: ref.bucket, Key: ref.key, Body: bytes, ContentType }));
  return ref;
}

/** Starts a run and follows it to its end; `progress` is told in a few words how it goes. Throws CannotDo where it left no account. */
export async function reprocess(
  project: Project,
  runId: string,
  request: ReprocessRequest,
  progress: (words: string) => void,
): Promise<RunEnd> {
  const { names, stepFunctions, imports, pollMilliseconds } = project;
  const execution = await start(stepFunctions, names.reprocessMachine, request, runId);
  const ended = await follow(stepFunctions, execution, pollMilliseconds, async () => {
    const run = await imports.run(runId);
    const feeds = await Promise.all(
      (run?.imports ?? []).map(async ({ feed, importId }) => `${feed} ${await importWords(imports, importId)}`),
    );
    progress(feeds.length > 0 ? feeds.join("; ") : run && run.status !== "RUNNING" ? run.status : "selecting");
  });
  const run = await imports.run(runId);
  if (!run?.counts || run.status === "RUNNING")
    throw new CannotDo(
      `The run ${runId} ended as ${[ended.status, ended.why].filter(Boolean).join(": ")}. What it had taken is put back by the sweep; then run it again.`,
    );
  return { runId, status: run.status, counts: run.counts, imports: run.imports ?? [] };
}
