import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "./until.ts";

/** Answers held back for one file. */
export interface Hold {
  /** Resolves once a chunk of the file has asked: its import is under way and can go no further. Throws after `seconds`. */
  asked(seconds: number): Promise<void>;
  /** Answers, from now on at once. */
  release(): void;
}

// Below the minute that a feed may give its service at most: what is held longer is answered, and the next chunk asks.
const longestMilliseconds = 45_000;

/**
 * The reference service of the feed "paced": by when it answers, a run decides how long an import is under way, however fast
 * the machine. It knows every value, and holds back the answers to values that are held.
 */
export class Pace {
  readonly #holds = new Map<string, { readonly note: () => void; readonly released: Promise<void> }>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const { values } = JSON.parse(Buffer.concat(pieces).toString()) as { readonly values: readonly string[] };
        const results = Object.fromEntries(values.map((value) => [value, { pace: value }]));
        void this.#wait(values).then(() => {
          response.setHeader("content-type", "application/json").end(JSON.stringify({ results }));
        });
      });
    });
  }

  /** Starts on a free port and gives the URL. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/pace`;
  }

  /** Holds back the answers to a value, until they are released. */
  hold(value: string): Hold {
    let hasAsked = false;
    let release!: () => void;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const note = () => {
      hasAsked = true;
    };
    this.#holds.set(value, { note, released });
    const asked = async (seconds: number) => {
      await until(`A question about ${value}`, seconds, () => Promise.resolve(hasAsked ? true : undefined));
    };
    return { asked, release };
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #wait(values: readonly string[]): Promise<void> {
    for (const value of values) {
      const held = this.#holds.get(value);
      held?.note();
      // A wait that is never released must not keep the process.
      if (held) await Promise.race([held.released, pause(longestMilliseconds, undefined, { ref: false })]);
    }
  }
}
