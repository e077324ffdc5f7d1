import { describe, expect, it } from "vitest";
import { plannedOf, replacedBy } from "../../scripts/e2e/changed-settings.ts";
import type { ResourceChange } from "../../scripts/terraform.ts";

const change = (address: string, actions: readonly string[], before: object | null, after: object | null) =>
  ({ address, type: address.split(".")[0], change: { actions, before, after } }) as ResourceChange;

const made = change("aws_iam_role.b_role_0A1B2C3D", ["create"], null, { name: "b" });
const tuned = change("aws_lambda_function.a_function_ABCDEF01", ["update"], { timeout: 1 }, { timeout: 2 });
const misreported = change("aws_sfn_state_machine.m_12345678", ["update"], {}, { tracing_configuration: [1] });
const replaced = change("aws_s3_bucket.c_00000000", ["delete", "create"], { bucket: "c" }, { bucket: "d" });

describe("a plan", () => {
  it("is told without digests and without what the emulator misreports, sorted", () => {
    expect(plannedOf([tuned, misreported, made])).toEqual([
      "create aws_iam_role.b_role",
      "update aws_lambda_function.a_function",
    ]);
  });

  it("names what would be replaced", () => {
    expect(replacedBy([made, tuned, replaced])).toEqual(["aws_s3_bucket.c_00000000"]);
  });
});
