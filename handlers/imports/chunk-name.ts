/** The number of a chunk as it stands in keys: their order as text is that of the chunks. */
export function chunkName(chunk: number): string {
  return String(chunk).padStart(6, "0");
}
