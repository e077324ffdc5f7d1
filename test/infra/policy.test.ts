import { describe, expect, it } from "vitest";
import { identityPolicy, trustPolicy } from "../../infra/policy.ts";

describe("an identity policy", () => {
  it("refuses an action with a wildcard", () => {
    expect(() => identityPolicy([{ actions: ["s3:Get*"], resources: ["arn:aws:s3:::b"] }])).toThrow(
      "The action s3:Get* is a wildcard; list the actions that are called.",
    );
  });

  it("refuses every resource where no reason is given", () => {
    expect(() => identityPolicy([{ actions: ["s3:GetObject"], resources: ["*"] }])).toThrow(
      "s3:GetObject on every resource needs its reason (because).",
    );
  });

  it("takes every resource with a reason, which stays with us", () => {
    const policy = identityPolicy([{ actions: ["logs:ListLogDeliveries"], resources: ["*"], because: "no resources" }]);
    expect(JSON.parse(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["logs:ListLogDeliveries"], Resource: ["*"] }],
    });
  });
});

describe("a trust policy", () => {
  it("holds the service to the account", () => {
    expect(JSON.parse(trustPolicy("events.amazonaws.com", "123456789012"))).toMatchObject({
      Statement: [
        {
          Principal: { Service: "events.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    });
  });
});
