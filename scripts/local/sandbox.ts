/** Runs in a worker thread: one Lambda sandbox, which loads its handler once and takes one event at a time. */
import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Call, SandboxData } from "./lambdas.ts";

const { module, exported, function: lambda } = workerData as SandboxData;
const post = (answer: Answer) => parentPort?.postMessage(answer);

type Handler = (event: unknown, context: object) => unknown;

async function loadHandler(): Promise<Handler> {
  const handler = ((await import(module)) as Record<string, unknown>)[exported];
  if (typeof handler === "function") return handler as Handler;
  throw Object.assign(new Error(`${lambda.handler} is undefined or not exported`), { name: "Runtime.HandlerNotFound" });
}

async function answer(handler: Handler, call: Call): Promise<void> {
  const context = {
    awsRequestId: call.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: lambda.name,
    functionVersion: "1",
    invokedFunctionArn: `${lambda.arn}:1`,
    memoryLimitInMB: String(lambda.memoryMegabytes),
    logGroupName: `/aws/lambda/${lambda.name}`,
    logStreamName: "local",
    getRemainingTimeInMillis: () => Math.max(0, call.deadline - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(call.event), context);
    await written();
    post({ result: JSON.stringify(result === undefined ? null : result) });
  } catch (thrown) {
    await written();
    fail(thrown);
  }
}

/** Waits until the engine has what the handler wrote: a sandbox may be ended as soon as it has answered. */
async function written(): Promise<void> {
  const channels = [process.stdout, process.stderr].filter(({ writableLength }) => writableLength > 0);
  await Promise.all(channels.map((channel) => new Promise((resolve) => channel.write("", resolve))));
}

function fail(thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  post({ error: { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") } });
}

try {
  const handler = await loadHandler();
  parentPort?.on("message", (call: Call) => void answer(handler, call));
  post({ result: "ready" });
} catch (thrown) {
  fail(thrown);
}
