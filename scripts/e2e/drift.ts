import type { ResourceChange } from "../terraform.ts";

/** Attributes that MiniStack is known to misreport, by resource type: a plan after an apply would change them for ever. */
const misreported: Readonly<Record<string, readonly string[]>> = {
  // It answers without the tracing configuration, which AWS always gives.
  aws_sfn_state_machine: ["tracing_configuration"],
  // Asked in XML, as Terraform asks, it leaves these out; asked otherwise it gives them, see `alarms.ts`.
  aws_cloudwatch_metric_alarm: [
    "actions_enabled",
    "alarm_actions",
    "alarm_description",
    "dimensions",
    "ok_actions",
    "period",
    "statistic",
    "treat_missing_data",
  ],
};

/** The changes of a second plan that are the stack's own fault, each as `address: attributes`. */
export function ownDrift(changes: readonly ResourceChange[]): string[] {
  return changes.flatMap((change) => {
    const own = changedAttributes(change).filter((name) => !misreported[change.type]?.includes(name));
    return own.length > 0 ? [`${change.address}: ${own.join(", ")}`] : [];
  });
}

function changedAttributes({ change: { actions, before, after } }: ResourceChange): string[] {
  if (!before || !after) return [actions.join(" and ")];
  return Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}
