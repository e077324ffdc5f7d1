import { TableGate, type GateOptions } from "#csv/gate.ts";
import { FileRejected, type FileErrorCode } from "#errors/catalogue.ts";

/**
 * The fault of a file that comes first, where `stopped` has ended its text before the gate could see it: that of its header, if it
 * stands on an earlier line. `text` is the same text once more.
 */
export async function firstFault(
  text: AsyncIterable<Uint8Array>,
  stopped: FileRejected,
  options: GateOptions,
): Promise<FileRejected> {
  if (stopped.line === undefined) return stopped;
  const found = await headerFault(text, options);
  return found?.line !== undefined && found.line < stopped.line ? found : stopped;
}

async function headerFault(text: AsyncIterable<Uint8Array>, options: GateOptions): Promise<FileRejected | undefined> {
  const gate = new TableGate(options);
  try {
    try {
      for await (const block of text) gate.push(block);
    } finally {
      // The text ends as it did before; what came until then is enough to judge the header by.
      gate.end();
    }
  } catch (error) {
    if (error instanceof FileRejected && ofHeaders.has(error.code)) return error;
  }
  return undefined;
}

const ofHeaders: ReadonlySet<FileErrorCode> = new Set<FileErrorCode>([
  ...(["MISSING_COLUMN", "DUPLICATE_COLUMN", "RESERVED_COLUMN", "UNKNOWN_COLUMN"] as const),
  ...(["WRONG_DELIMITER", "MALFORMED_HEADER"] as const),
]);
