import { describe, expect, it } from "vitest";
import { NotJudged, permissionsFor } from "./permissions.ts";

const region = "eu-central-1";
const asks = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object) =>
  permissionsFor(
    {
      method,
      path,
      url: new URL(path, "http://judge"),
      headers,
      ...(body && { body: body as Record<string, unknown> }),
    },
    region,
  ).map(({ action, resource }) => `${action} ${resource.replace(/^arn:aws:(\w+):[^:]*:[^:]*:/, "")}`);
const calls = (target: string, body: object) => asks("POST", "/", { "x-amz-target": target }, body);

describe("the rights that a call needs", () => {
  it.each([
    ["GET", "/b/k/1?x-id=GetObject", ["s3:GetObject b/k/1"]],
    ["HEAD", "/b/k?versionId=7", ["s3:GetObjectVersion b/k"]],
    ["PUT", "/b/k%20%2B", ["s3:PutObject b/k +"]],
    ["POST", "/b/k?uploads", ["s3:PutObject b/k"]],
    ["PUT", "/b/k?partNumber=1&uploadId=u", ["s3:PutObject b/k"]],
    ["DELETE", "/b/k?uploadId=u", ["s3:AbortMultipartUpload b/k"]],
    ["DELETE", "/b/k", ["s3:DeleteObject b/k"]],
    ["GET", "/b?list-type=2&prefix=k", ["s3:ListBucket b"]],
    ["GET", "/b/?versions", ["s3:ListBucketVersions b"]],
  ])("of S3: %s %s", (method, path, rights) => {
    expect(asks(method, path)).toEqual(rights);
  });

  it("of a copy are those to its source too, with its tags; a part takes none along", () => {
    const source = { "x-amz-copy-source": "a/from%20here?versionId=7" };
    const reading = "s3:GetObjectVersion a/from here";
    expect(asks("PUT", "/b/k", source)).toEqual([
      ...["s3:PutObject b/k", reading],
      ...["s3:GetObjectVersionTagging a/from here", "s3:PutObjectTagging b/k"],
    ]);
    expect(asks("PUT", "/b/k?partNumber=1&uploadId=u", source)).toEqual(["s3:PutObject b/k", reading]);
  });

  it("of DynamoDB are asked of the table, of its index, or of each item of a batch or a transaction", () => {
    expect(calls("DynamoDB_20120810.Query", { TableName: "t", IndexName: "i" })).toEqual([
      "dynamodb:Query table/t/index/i",
    ]);
    expect(calls("DynamoDB_20120810.BatchGetItem", { RequestItems: { t: {}, u: {} } })).toEqual([
      ...["dynamodb:BatchGetItem table/t", "dynamodb:BatchGetItem table/u"],
    ]);
    const TransactItems = [{ Put: { TableName: "t" } }, { ConditionCheck: { TableName: "u" } }];
    expect(calls("DynamoDB_20120810.TransactWriteItems", { TransactItems })).toEqual([
      ...["dynamodb:PutItem table/t", "dynamodb:ConditionCheckItem table/u"],
    ]);
  });

  it("of a call that nobody has written down are not guessed", () => {
    expect(() => calls("AmazonEC2.RunInstances", {})).toThrow(NotJudged);
    expect(() => asks("PUT", "/b")).toThrow(NotJudged);
  });
});
