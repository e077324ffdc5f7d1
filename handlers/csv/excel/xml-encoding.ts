import { TextDecoder } from "node:util";

/** How much of a document is looked at for its encoding. */
const headBytes = 200;

/**
 * The decoder of an XML document by its first bytes: by its byte order mark, else by its declaration, else UTF-8. It throws
 * TypeError for bytes that the encoding does not have, for a text with them replaced would be another one.
 */
export function xmlDecoder(document: Uint8Array): TextDecoder {
  return new TextDecoder(encodingOf(Buffer.from(document.subarray(0, headBytes))), { fatal: true });
}

/** The whole document as text. */
export function xmlText(document: Uint8Array): string {
  return xmlDecoder(document).decode(document);
}

function encodingOf(head: Buffer): string {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === lessThan && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === lessThan)) return "utf-16be";
  const declared = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(
    head.toString("latin1"),
  )?.[1];
  // Some programs declare UTF-16 and write UTF-8: whoever can read the declaration knows better.
  return declared === undefined || /^utf-?16/i.test(declared) ? "utf-8" : declared;
}

const lessThan = 0x3c;
