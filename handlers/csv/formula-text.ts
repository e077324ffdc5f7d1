import type { Dialect } from "#imports/flow.ts";

/**
 * The bytes of whole records with cells like `="0043"` quoted as CSV wants it. Programs write such cells so that a spreadsheet takes
 * them for text, and csv-parse refuses the quotes inside. Undefined where there are none. A cell that is quoted already has its
 * quotes doubled, and does not look so.
 */
export function withQuotedFormulas(bytes: Buffer, { delimiter, quote }: Dialect): Buffer | undefined {
  if (quote === "none" || !bytes.includes('="')) return undefined;
  const ends = `${delimiter === "|" ? "\\|" : delimiter}\\r\\n`;
  const formula = new RegExp(`(?<=^|[${ends}])="([^"${ends}]*)"(?=[${ends}]|$)`, "g");
  // Byte by byte, whatever the characters: those that matter are ASCII.
  const text = bytes.toString("latin1");
  const quoted = text.replace(formula, '"=""$1"""');
  return quoted === text ? undefined : Buffer.from(quoted, "latin1");
}
