import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers one request; the values asked for have been read already. */
export type Respond = (values: string[], response: ServerResponse, request: IncomingMessage) => void;

/** A real HTTP server that stands in for a feed's reference service, and notes what it was asked. */
export class ReferenceService {
  readonly asked: string[][] = [];
  mostAtOnce = 0;
  respond: Respond;
  #open = 0;
  readonly #server = createServer((request, response) => {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#open);
    response.on("close", () => this.#open--);
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { values } = JSON.parse(Buffer.concat(pieces).toString()) as { values: string[] };
      this.asked.push(values);
      this.respond(values, response, request);
    });
  });

  constructor(respond: Respond) {
    this.respond = respond;
  }

  /** Starts on a free port and gives the URL. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/brands`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Answers every value from a table; null for what is not in it. */
export function answering(table: Record<string, unknown>): Respond {
  return (values, response) => {
    const results = Object.fromEntries(values.map((value) => [value, table[value] ?? null]));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ results }));
  };
}
