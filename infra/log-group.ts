import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { Construct } from "constructs";
import { skipCheck } from "./checkov.ts";
import type { DataKey } from "./data-key.ts";

export interface LogGroupProps {
  readonly name: string;
  readonly logDays: number;
  readonly key: DataKey;
}

/** Keeps the logs of `scope`, encrypted, for as long as the configuration says. */
export function logGroup(scope: Construct, { name, logDays, key }: LogGroupProps): CloudwatchLogGroup {
  const group = new CloudwatchLogGroup(scope, "logs", { name, retentionInDays: logDays, kmsKeyId: key.arn });
  if (logDays < 365)
    skipCheck(group, "CKV_AWS_338", "What is asked for after weeks stands in the reports, which are kept for years.");
  return group;
}
