import { describe, expect, it } from "vitest";
import { differencesOf } from "../../scripts/e2e/alarms.ts";

const declared = {
  alarm_name: "a",
  alarm_description: "what to do",
  alarm_actions: ["topic"],
  dimensions: { b: "2", a: "1" },
  period: 300,
  statistic: "Sum",
  threshold: 0,
  ok_actions: null,
};
const stands = {
  AlarmDescription: "what to do",
  AlarmActions: ["topic"],
  Dimensions: [
    { Name: "a", Value: "1" },
    { Name: "b", Value: "2" },
  ],
  Period: 300,
  Statistic: "Sum" as const,
  Threshold: 0,
};

describe("an alarm", () => {
  it("stands as it is declared, whatever the order", () => {
    expect(differencesOf(declared, stands)).toEqual([]);
  });

  it("is named by what stands otherwise, or not at all", () => {
    expect(differencesOf(declared, { ...stands, Threshold: 1, AlarmActions: [] })).toEqual([
      "alarm_actions",
      "threshold",
    ]);
    expect(differencesOf({ ...declared, ok_actions: ["topic"] }, stands)).toEqual(["ok_actions"]);
  });

  it("on several metrics has no period and no statistic", () => {
    const { AlarmDescription, AlarmActions, Dimensions, Threshold } = stands;
    const several = { AlarmDescription, AlarmActions, Dimensions, Threshold };
    expect(differencesOf({ ...declared, period: 0, statistic: "" }, several)).toEqual([]);
    expect(differencesOf(declared, several)).toEqual(["period", "statistic"]);
  });
});
