/** The bytes in blocks of the given sizes, which are used over and over. */
export function* blocksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** The same as a stream. */
export async function* streamOf(
  bytes: Uint8Array | string,
  sizes: readonly number[] = [7],
): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield* blocksOf(typeof bytes === "string" ? Buffer.from(bytes) : bytes, sizes);
}

/** All of a stream as one buffer. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of stream) blocks.push(block);
  return Buffer.concat(blocks);
}
