import { DescribeExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";

/** Whether an execution still runs, or will when it is redriven; one that nobody remembers does not. */
export async function isRunning(client: SFNClient, executionArn: string): Promise<boolean> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === "RUNNING" || status === "PENDING_REDRIVE";
  } catch (error) {
    if (error instanceof Error && error.name === "ExecutionDoesNotExist") return false;
    throw error;
  }
}
