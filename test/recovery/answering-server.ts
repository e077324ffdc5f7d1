import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";

/** What an AWS service is asked. */
export interface Asked {
  readonly url: URL;
  /** The operation, where the service is asked in JSON. */
  readonly operation: string | undefined;
  readonly body: string;
}

/** What it answers; an error by its name. */
export interface Answered {
  readonly body?: string | object;
  readonly error?: string;
}

/** A server that answers an AWS SDK as a test tells it to, for the tests of one file, and remembers what it was asked. */
export class AnsweringServer {
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => Answered = () => ({ error: "NotTold" });
  readonly #server: Server = createServer((request, response) => void this.#respond(request, response));

  constructor() {
    beforeAll(() => new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve)));
    afterAll(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
  }

  /** Settings for an SDK client. */
  get client() {
    const { port } = this.#server.address() as AddressInfo;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    return { endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", credentials, maxAttempts: 1 };
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const operation = request.headers["x-amz-target"]?.toString().split(".")[1];
    const asked = { url, operation, body: await text(request) };
    this.asked.push(asked);
    const { body = {}, error } = this.answer(asked);
    const json = error ? { __type: error, message: error } : body;
    response.writeHead(error ? 400 : 200, {
      "content-type": typeof json === "string" ? "text/xml" : "application/json",
    });
    response.end(typeof json === "string" ? json : JSON.stringify(json));
  }
}
