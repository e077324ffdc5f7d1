import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A message in the queue; `heldUntil` is when SQS shows it again. */
interface Queued {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  heldUntil: number;
}

/** An SQS server with one queue, as far as the ops CLI asks one: the engine has none. */
export class QueueServer {
  readonly #messages: Queued[] = [];
  readonly #server = createServer((request, response) => {
    void json(request).then((input) => {
      const call = String(request.headers["x-amz-target"]).split(".")[1]!;
      const answer = this.#answer(call, input as Readonly<Record<string, string | number>>);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  put(body: string, attributes: Readonly<Record<string, string>>): void {
    this.#messages.push({ id: randomUUID(), body, attributes, heldUntil: 0 });
  }

  /** Bodies of the messages that anybody may receive now. */
  get free(): string[] {
    return this.#messages.filter(({ heldUntil }) => heldUntil <= Date.now()).map(({ body }) => body);
  }

  /** All messages that are not deleted. */
  get length(): number {
    return this.#messages.length;
  }

  #answer(call: string, input: Readonly<Record<string, string | number>>): object {
    const at = this.#messages.findIndex(({ id }) => id === input["ReceiptHandle"]);
    switch (call) {
      case "GetQueueUrl":
        return { QueueUrl: `http://127.0.0.1/000000000000/${input["QueueName"]!}` };
      case "ReceiveMessage": {
        const free = this.#messages.filter(({ heldUntil }) => heldUntil <= Date.now());
        const some = free.slice(0, Number(input["MaxNumberOfMessages"]));
        for (const message of some) message.heldUntil = Date.now() + Number(input["VisibilityTimeout"]) * 1000;
        return { Messages: some.map(shown) };
      }
      case "ChangeMessageVisibility":
        this.#messages[at]!.heldUntil = Date.now() + Number(input["VisibilityTimeout"]) * 1000;
        return {};
      case "DeleteMessage":
        this.#messages.splice(at, 1);
        return {};
      default:
        throw new Error(`The test's queue does not know ${call}.`);
    }
  }
}

function shown({ id, body, attributes }: Queued): object {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
  const MD5OfBody = createHash("md5").update(body).digest("hex");
  return { MessageId: id, ReceiptHandle: id, Body: body, MD5OfBody, MessageAttributes };
}
