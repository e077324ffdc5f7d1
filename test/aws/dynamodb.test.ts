import { describe, expect, it } from "vitest";
import { dynamodbClient } from "#aws/dynamodb.ts";

describe("dynamodbClient", () => {
  it("has no middleware that copies what is sent for a logger", () => {
    // By its name: should the SDK rename it, writes would quietly become slower again.
    expect(dynamodbClient().middlewareStack.identify().join()).not.toMatch(/logger/i);
  });
});
