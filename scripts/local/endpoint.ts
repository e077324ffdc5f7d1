import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { Refused } from "./errors.ts";
import type { Execution } from "./executions.ts";
import type { Entry } from "./event-bridge.ts";
import type { Server } from "./s3.ts";
import type { StepFunctions } from "./step-functions.ts";

type Input = Readonly<Record<string, unknown>>;

/** Serves the calls of Step Functions and EventBridge that the project makes; another is answered with its name. */
export async function startEndpoint(
  stepFunctions: StepFunctions,
  putEvents: (entries: readonly Entry[]) => string[],
): Promise<Server> {
  const calls: Readonly<Record<string, (input: Input) => object>> = {
    "AWSStepFunctions.StartExecution": ({ stateMachineArn, input = "{}", name }) => {
      const { executionArn, startDate } = stepFunctions.start(
        String(stateMachineArn),
        String(input),
        name as string | undefined,
      );
      return { executionArn, startDate: seconds(startDate) };
    },
    "AWSStepFunctions.DescribeExecution": ({ executionArn }) => {
      const execution = stepFunctions.describe(String(executionArn));
      const { startDate, stopDate } = execution;
      const dates = { startDate: seconds(startDate), ...(stopDate && { stopDate: seconds(stopDate) }) };
      return { ...execution, ...dates, states: undefined, redriveCount: 0 };
    },
    "AWSStepFunctions.StopExecution": ({ executionArn, error, cause }) => {
      stepFunctions.stop(String(executionArn), error as string | undefined, cause as string | undefined);
      return { stopDate: Date.now() / 1000 };
    },
    "AWSStepFunctions.ListExecutions": ({ stateMachineArn, statusFilter, maxResults = 100, nextToken = "0" }) => {
      const arn = String(stateMachineArn);
      stepFunctions.definition(arn);
      const of = (one: Execution) =>
        one.stateMachineArn === arn && !one.mapRunArn && (statusFilter === undefined || one.status === statusFilter);
      const newestFirst = stepFunctions.executions.all().filter(of).reverse();
      const [from, until] = [Number(nextToken), Number(nextToken) + Number(maxResults)];
      const executions = newestFirst.slice(from, until).map(({ executionArn, name, status, startDate, stopDate }) => ({
        ...{ executionArn, stateMachineArn: arn, name, status, startDate: seconds(startDate) },
        ...(stopDate && { stopDate: seconds(stopDate) }),
      }));
      return { executions, ...(until < newestFirst.length && { nextToken: String(until) }) };
    },
    "AWSEvents.PutEvents": ({ Entries }) => ({
      Entries: putEvents(Entries as Entry[]).map((EventId) => ({ EventId })),
      FailedEntryCount: 0,
    }),
  };

  const answer = async (request: IncomingMessage): Promise<object> => {
    const target = String(request.headers["x-amz-target"] ?? `${request.method ?? ""} ${request.url ?? ""}`);
    const call = calls[target];
    if (!call) throw new Refused("UnknownOperation", `The local engine does not know the call ${target}.`);
    return call((await json(request)) as Input);
  };
  const server = createServer((request, response) => {
    void answer(request).then(
      (body) => response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body)),
      (error: unknown) => {
        const { name, message } = error as Error;
        const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": name };
        response
          .writeHead(error instanceof Refused ? 400 : 500, headers)
          .end(JSON.stringify({ __type: name, message }));
      },
    );
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Times travel as seconds since 1970. */
function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
