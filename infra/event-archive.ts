import { CloudwatchEventArchive } from "@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js";
import { Construct } from "constructs";

export interface EventArchiveProps {
  readonly name: string;
  readonly description: string;
  /** Bus whose events are kept. */
  readonly busArn: string;
  /** What an event must be to be kept. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly days: number;
}

/** Keeps events, so that a time in which nothing worked can be replayed. */
export class EventArchive extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, description, busArn, pattern, days }: EventArchiveProps) {
    super(scope, id);
    this.arn = new CloudwatchEventArchive(this, "archive", {
      name,
      description,
      eventSourceArn: busArn,
      eventPattern: JSON.stringify(pattern),
      retentionDays: days,
    }).arn;
  }
}
