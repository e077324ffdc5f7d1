import { describe, expect, it } from "vitest";
import { ownDrift } from "../../scripts/e2e/drift.ts";
import type { ResourceChange } from "../../scripts/terraform.ts";

const change = (type: string, before: object | null, after: object | null, ...actions: string[]) =>
  ({ address: `${type}.it`, type, change: { actions, before, after } }) as ResourceChange;

describe("drift", () => {
  it("is not ours where MiniStack misreports the attribute", () => {
    const tracing = { tracing_configuration: [{ enabled: true }] };
    expect(ownDrift([change("aws_sfn_state_machine", { name: "a" }, { name: "a", ...tracing }, "update")])).toEqual([]);
  });

  it("is ours where an alarm's line moves, and not where the emulator leaves out whom it tells", () => {
    const [before, after] = [{ threshold: 1 }, { threshold: 2, alarm_actions: ["topic"] }];
    expect(ownDrift([change("aws_cloudwatch_metric_alarm", before, after, "update")])).toEqual([
      "aws_cloudwatch_metric_alarm.it: threshold",
    ]);
  });

  it("is ours where anything else changes, and is named", () => {
    const changed = change("aws_sfn_state_machine", { name: "a", type: "X" }, { name: "b", type: "X" }, "update");
    expect(ownDrift([changed])).toEqual(["aws_sfn_state_machine.it: name"]);
  });

  it("is ours where a resource comes or goes", () => {
    expect(ownDrift([change("aws_sqs_queue", null, { name: "a" }, "create")])).toEqual(["aws_sqs_queue.it: create"]);
  });
});
