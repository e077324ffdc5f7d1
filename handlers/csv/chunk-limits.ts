/** How large a chunk may become. */
export interface ChunkLimits {
  /** Most records in one chunk; most rows, where records are groups of them. A group that has more stands alone in its chunk. */
  readonly maxRecords: number;
  /** Most bytes in one chunk. A record that is larger stands alone in its chunk. */
  readonly maxBytes: number;
}
