import {
  Agent,
  createServer,
  request as ask,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { account } from "../../scripts/local/terraform.ts";
import { NotJudged, permissionsFor, type Call, type Permission } from "./permissions.ts";
import { grantText, Policies } from "./policies.ts";
import { unversioned, versionIdOf, withVersions } from "./versions.ts";

/** Settings by which an AWS SDK finds its servers and says who asks. */
type Settings = Readonly<Record<string, string>>;

/**
 * IAM for the engine, which has none: stands before its servers and judges each call by the synthesised policy of the role whose
 * name the caller gives as its access key. What no statement allows is refused as AWS refuses it, and noted.
 */
export class Judge {
  readonly policies: Policies;
  /** Each call that was refused, in a sentence. */
  readonly refusals: string[] = [];
  /** Whether a table takes a call, or answers that it is given more than it can; it takes all of them if nothing says otherwise. */
  takes: (call: Call) => boolean = () => true;
  readonly #used = new Map<string, Set<string>>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #agent = new Agent({ keepAlive: true });
  #upstream: Settings = {};

  constructor(stackFile: string) {
    this.policies = new Policies(stackFile);
    this.#server.keepAliveTimeout = 0;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  /** The settings of somebody who acts under a role: those of the engine, past the judge. */
  settingsFor(role: string, environment: Settings): Settings {
    this.policies.granted(role);
    this.#upstream = { ...this.#upstream, ...environment };
    const endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const endpoints = Object.keys(environment).filter((name) => name.startsWith("AWS_ENDPOINT_URL_"));
    return {
      ...environment,
      ...Object.fromEntries(endpoints.map((name) => [name, endpoint])),
      AWS_ACCESS_KEY_ID: role,
    };
  }

  /** `<action> <resource>` of what a role has used of its grants. */
  used(role: string): string[] {
    return [...(this.#used.get(role) ?? [])];
  }

  /** `<action> <resource>` of what a role was granted and has not used. */
  unused(role: string): string[] {
    const used = this.#used.get(role);
    return this.policies
      .granted(role)
      .map(grantText)
      .filter((one) => !used?.has(one));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const role = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const json = request.headers["x-amz-target"] === undefined ? undefined : await text(request);
    const call: Call = {
      ...{ method: request.method ?? "", path: request.url ?? "/", headers: request.headers },
      url: new URL(request.url ?? "/", "http://judge"),
      ...(json !== undefined && { body: JSON.parse(json || "{}") as Record<string, unknown> }),
    };
    try {
      const permissions = permissionsFor(call, this.policies.region);
      const denied = permissions.map((permission) => this.#deny(role, permission)).find((why) => why !== undefined);
      if (denied) refuse(call, response, denied);
      else if (!this.takes(call)) throttle(response);
      else await this.#forward(role, call, permissions, json ?? request, response);
    } catch (error) {
      if (error instanceof NotJudged) this.refusals.push(`Nobody has said yet what ${error.message} needs.`);
      if (!response.headersSent) response.writeHead(501);
      response.end((error as Error).message);
    }
    request.resume();
  }

  /** Why a role may not do this, in AWS's words; undefined where it may. */
  #deny(role: string, permission: Permission): string | undefined {
    for (const grant of this.policies.withKey(permission)) {
      const allowing = this.policies.allowing(role, grant.action, grant.resource);
      const used = this.#used.get(role) ?? new Set();
      for (const one of allowing) used.add(grantText(one));
      this.#used.set(role, used);
      if (allowing.length > 0) continue;
      const user = `arn:aws:sts::${account}:assumed-role/${role}/test`;
      const why = `User: ${user} is not authorized to perform: ${grant.action} on resource: ${grant.resource} because no identity-based policy allows the ${grant.action} action`;
      this.refusals.push(why);
      return why;
    }
    return undefined;
  }

  async #forward(
    role: string,
    call: Call,
    [first]: readonly Permission[],
    body: string | IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const isS3 = call.headers["x-amz-target"] === undefined;
    const answer = await this.#ask(call, body);
    const { statusCode: status = 500, headers } = answer;
    const source = call.headers["x-amz-copy-source"];
    if (isS3 && status === 404 && (source !== undefined || ["GET", "HEAD"].includes(call.method))) {
      // Who may not list a bucket is not told what it lacks.
      const [bucket] = source === undefined ? call.url.pathname.slice(1).split("/") : String(source).split("/");
      const denied = this.#deny(role, { action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket!}` });
      if (denied) {
        answer.resume();
        refuse(call, response, denied);
        return;
      }
    }
    if (isS3 && call.method === "GET" && call.url.searchParams.has("versions")) {
      response.writeHead(status, { "content-type": "application/xml" }).end(withVersions(await text(answer)));
      return;
    }
    const version = isS3 && first?.action.startsWith("s3:GetObject") && status < 300 ? versionIdOf(headers) : undefined;
    response.writeHead(status, { ...headers, ...(version !== undefined && { "x-amz-version-id": version }) });
    await pipeline(answer, response);
  }

  /** Asks the engine, as the engine's own account. */
  async #ask(call: Call, body: string | IncomingMessage): Promise<IncomingMessage> {
    const { method } = call;
    const { path, headers } = unversioned(call);
    const authorization = String(headers["authorization"]).replace(
      /Credential=[^/]+/,
      `Credential=${this.#upstream["AWS_ACCESS_KEY_ID"]!}`,
    );
    const endpoint = new URL(this.#upstream[`AWS_ENDPOINT_URL_${serviceOf(call)}`]!);
    const { hostname, port } = endpoint;
    return new Promise((resolve, reject) => {
      const options = {
        ...{ hostname, port, method, path, agent: this.#agent },
        headers: { ...headers, authorization },
      };
      const asking = ask(options as { headers: OutgoingHttpHeaders }, resolve);
      asking.on("error", reject);
      if (typeof body === "string") asking.end(body);
      else pipeline(body, asking).catch(reject);
    });
  }
}

function serviceOf({ headers }: Call): string {
  const [prefix = ""] = String(headers["x-amz-target"] ?? "").split(".");
  const services: Readonly<Record<string, string>> = {
    DynamoDB_20120810: "DYNAMODB",
    AWSStepFunctions: "SFN",
    AWSEvents: "EVENTBRIDGE",
    AmazonSQS: "SQS",
  };
  return services[prefix] ?? "S3";
}

/** Answers as DynamoDB does where a table is given more than it takes. */
function throttle(response: ServerResponse): void {
  const __type = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
  const message = "The level of configured provisioned throughput for the table was exceeded.";
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ __type, message }));
}

/** Refuses a call as its service does. */
function refuse({ method, headers }: Call, response: ServerResponse, message: string): void {
  if (headers["x-amz-target"] === undefined) {
    const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    response.writeHead(403, { "content-type": "application/xml" }).end(method === "HEAD" ? undefined : xml);
    return;
  }
  const body = JSON.stringify({ __type: "com.amazon.coral.service#AccessDeniedException", Message: message });
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0" }).end(body);
}
