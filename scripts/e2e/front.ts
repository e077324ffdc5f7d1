import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before the emulator and tells it of every call that it came by TLS, as every call to AWS does. */
export class Front {
  readonly #server: Server;

  /** `port` is the emulator's own. */
  constructor(port: number) {
    const agent = new Agent({ keepAlive: true });
    this.#server = createServer((incoming, answer) => {
      const { method, url, headers } = incoming;
      const told = { ...headers, "x-forwarded-proto": "https" };
      const outgoing = request({ agent, port, method, path: url, headers: told }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      // The caller asks again, as it would if the emulator itself had not answered.
      outgoing.on("error", () => answer.destroy());
      incoming.pipe(outgoing);
    });
  }

  /** Starts on a free port and gives the URL. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
