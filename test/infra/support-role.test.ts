import { describe, expect, it } from "vitest";
import { statementsOf, synthesised, type Synthesised } from "./synthesised.ts";

const principals = ["arn:aws:iam::123456789012:role/support-lead", "arn:aws:iam::123456789012:user/ada"];
const open = synthesised();
const named = synthesised({ environment: "named", supportPrincipals: principals });

describe("the role of support staff", () => {
  it("can be taken on by those whom the account's IAM lets, where the configuration names nobody", () => {
    const account = "arn:aws:iam::${data.aws_caller_identity.account.account_id}:root";
    expect(trustOf(open)).toEqual([{ Effect: "Allow", Principal: { AWS: [account] }, Action: "sts:AssumeRole" }]);
  });

  it("can be taken on by those whom the configuration names, and by nobody else", () => {
    expect(trustOf(named)).toEqual([{ Effect: "Allow", Principal: { AWS: principals }, Action: "sts:AssumeRole" }]);
  });

  it("is named in the outputs, for the profiles of those who take it on", () => {
    expect(named.one("aws_iam_role", "support")["name"]).toBe("product-import-named-support");
    expect(JSON.stringify(named.json["output"])).toMatch(
      /"support_role_arn":\{"value":"\$\{aws_iam_role\.support_\w+\.arn\}"\}/,
    );
  });

  it("writes corrections, files to look at and failures only, starts the machines, and deletes nothing but messages", () => {
    const granted = open
      .granted("support")
      .flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)),
      );
    const changing = granted.filter((one) => /^\w+:(Put|Update|Delete|Start|Stop|Send|Change)/.test(one));
    expect(changing.map((one) => one.replace(/_[0-9A-F]{8}\b/, "")).sort()).toEqual([
      "dynamodb:UpdateItem ${aws_dynamodb_table.failures_table.arn}",
      "s3:PutObject ${aws_s3_bucket.inbox_bucket.arn}/preview/*",
      "s3:PutObject ${aws_s3_bucket.work_bucket.arn}/corrections/*",
      "sqs:ChangeMessageVisibility ${aws_sqs_queue.undelivered-events_queue.arn}",
      "sqs:DeleteMessage ${aws_sqs_queue.undelivered-events_queue.arn}",
      "states:StartExecution ${aws_sfn_state_machine.import-machine.arn}",
      "states:StartExecution ${aws_sfn_state_machine.reprocess-machine.arn}",
    ]);
    const ofProducts = granted.filter((one) => one.includes("products_table"));
    expect(ofProducts.map((one) => one.split(" ")[0])).toEqual(["dynamodb:GetItem", "dynamodb:Scan"]);
  });
});

function trustOf(stack: Synthesised) {
  return statementsOf(stack.one("aws_iam_role", "support")["assume_role_policy"]);
}
