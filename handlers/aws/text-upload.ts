import { once } from "node:events";
import { PassThrough } from "node:stream";
import { writeStream } from "#aws/objects.ts";
import type { ObjectRef } from "#imports/flow.ts";

/** A text that becomes an object as it comes: memory does not grow with it. There is no object before its end. */
export class TextUpload {
  readonly #stream = new PassThrough();
  readonly #done: Promise<void>;

  constructor(to: ObjectRef, contentType: string) {
    this.#done = writeStream(to, this.#stream, contentType);
    // Whoever writes on, or ends it, is told.
    this.#done.catch(() => undefined);
    this.#stream.on("error", () => undefined);
  }

  /** Waits while what is written is not taken. Throws what the store throws. */
  async write(text: string): Promise<void> {
    if (text !== "" && !this.#stream.write(text)) await Promise.race([once(this.#stream, "drain"), this.#done]);
  }

  async end(): Promise<void> {
    this.#stream.end();
    await this.#done;
  }

  /** Leaves it: nothing of it is stored. */
  abandon(): void {
    this.#stream.destroy(new Error("The text was given up."));
  }
}
