import { account } from "../../scripts/local/terraform.ts";

/** What a caller asks the key of an encrypted store for; what is stored may have been written under an earlier key. */
export type KeyUse =
  "DecryptStored" | "Encrypt" | "Decrypt" | "ReEncryptFrom" | "ReEncryptTo" | "GenerateDataKey" | "DescribeKey";

/** A right that a call needs. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** What it needs beside of the key under which the resource is encrypted, if it is. */
  readonly key?: readonly KeyUse[];
}

/** A call as it comes over the wire; `body` is that of a JSON protocol. */
export interface Call {
  readonly method: string;
  /** Path and query as they were sent, and as they are read. */
  readonly path: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Thrown for a call whose rights nobody has written down here yet. */
export class NotJudged extends Error {
  override readonly name = "NotJudged";
}

/** The rights that AWS asks for a call, as the Service Authorization Reference has them. Throws NotJudged. */
export function permissionsFor(call: Call, region: string): Permission[] {
  const [service = "", operation = ""] = String(call.headers["x-amz-target"] ?? "").split(".");
  const input = call.body ?? {};
  const arn = (name: string, resource: string) => `arn:aws:${name}:${region}:${account}:${resource}`;
  switch (service) {
    case "":
      return s3(call);
    case "DynamoDB_20120810":
      return tablesOf(operation, input).map(([action, table]) => ({
        action: `dynamodb:${action}`,
        resource: arn("dynamodb", `table/${table}`),
        key: ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey"],
      }));
    case "AWSStepFunctions":
      return [{ action: `states:${operation}`, resource: String(input["executionArn"] ?? input["stateMachineArn"]) }];
    case "AWSEvents":
      return (input["Entries"] as { EventBusName?: string }[]).map(({ EventBusName = "default" }) => ({
        action: `events:${operation}`,
        resource: arn("events", `event-bus/${EventBusName}`),
      }));
    case "AmazonSQS": {
      const queue = String(input["QueueName"] ?? input["QueueUrl"])
        .split("/")
        .at(-1)!;
      const key = operation === "ReceiveMessage" ? (["DecryptStored"] as const) : undefined;
      return [{ action: `sqs:${operation}`, resource: arn("sqs", queue), ...(key && { key }) }];
    }
    default:
      throw new NotJudged(`${service}.${operation}`);
  }
}

/** Actions of a DynamoDB call, each with `<table>` or `<table>/index/<index>`; of a batch or a transaction, one an item. */
function tablesOf(operation: string, input: Readonly<Record<string, unknown>>): [action: string, table: string][] {
  const { TableName, IndexName, RequestItems, TransactItems } = input as {
    readonly TableName?: string;
    readonly IndexName?: string;
    readonly RequestItems?: object;
    readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
  };
  if (RequestItems) return Object.keys(RequestItems).map((table) => [operation, table]);
  if (TransactItems)
    return TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, on]): [string, string] => [`${kind}Item`, on.TableName]),
    );
  return [[operation, IndexName === undefined ? TableName! : `${TableName!}/index/${IndexName}`]];
}

function s3({ method, url, headers }: Call): Permission[] {
  const [bucket, ...rest] = url.pathname.slice(1).split("/").map(decodeURIComponent);
  const resource = `arn:aws:s3:::${[bucket, ...rest].join("/")}`;
  const asked = (parameter: string) => url.searchParams.has(parameter);
  const source = headers["x-amz-copy-source"];
  if (rest.join("/") === "") {
    if (method === "GET" && asked("list-type"))
      return [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket!}` }];
    if (method === "GET" && asked("versions"))
      return [{ action: "s3:ListBucketVersions", resource: `arn:aws:s3:::${bucket!}` }];
  } else if (method === "GET" || method === "HEAD") {
    if (!asked("uploadId")) return [reading(resource, asked("versionId"), method === "GET")];
    return [{ action: "s3:ListMultipartUploadParts", resource }];
  } else if (method === "DELETE") {
    return [{ action: asked("uploadId") ? "s3:AbortMultipartUpload" : "s3:DeleteObject", resource }];
  } else if (method === "PUT" || asked("uploads") || asked("uploadId")) {
    // Before S3 puts parts together it decrypts them.
    const key = asked("uploadId") ? (["GenerateDataKey", "Decrypt"] as const) : (["GenerateDataKey"] as const);
    const writing: Permission = { action: "s3:PutObject", resource, key };
    return [writing, ...(source === undefined ? [] : copying(String(source), resource, asked("partNumber")))];
  }
  throw new NotJudged(`${method} ${url.pathname}${url.search}`);
}

/** A copy reads its source; one that is no part of an upload takes along the tags that anybody may have put on it. */
function copying(source: string, target: string, part: boolean): Permission[] {
  const [path = "", version] = source.split("?versionId=");
  const resource = `arn:aws:s3:::${decodeURIComponent(path).replace(/^\//, "")}`;
  const tags = { action: `s3:GetObject${version === undefined ? "" : "Version"}Tagging`, resource };
  return [
    reading(resource, version !== undefined, true),
    ...(part ? [] : [tags, { action: "s3:PutObjectTagging", resource: target }]),
  ];
}

function reading(resource: string, version: boolean, contents: boolean): Permission {
  return {
    action: version ? "s3:GetObjectVersion" : "s3:GetObject",
    resource,
    ...(contents && { key: ["DecryptStored"] }),
  };
}
