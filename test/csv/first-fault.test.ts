import { expect, it } from "vitest";
import { firstFault } from "#csv/first-fault.ts";
import type { GateOptions } from "#csv/gate.ts";
import { normalise } from "#csv/normalise.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { collect, streamOf } from "./blocks.ts";

const limits = { maxFileBytes: 1e9, maxExcelBytes: 1e9 };
const options: GateOptions = { required: ["sku", "name"], maxRecords: 2, maxBytes: 1000, ...limits };

async function codeOf(file: Buffer, size: number): Promise<string> {
  const text = () => normalise(streamOf(file, [size]), { kind: "csv", ...limits });
  const stopped: unknown = await collect(text()).catch((error: unknown) => error);
  if (!(stopped instanceof FileRejected)) throw stopped;
  return (await firstFault(text(), stopped, options)).code;
}

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le");

it.each([
  ["a missing column before half a character", "sku,x\n1,\ud800.\n", "MISSING_COLUMN"],
  ["a missing column before a zero", "sku,x\n1,2\n3,\0\n", "MISSING_COLUMN"],
  ["half a character in the header", "sku,n\ud800me\n1,2\n", "BAD_ENCODING"],
  ["half a character behind a good header", "sku,name\n1,\ud800.\n", "BAD_ENCODING"],
])("of several faults of a file in UTF-16 the first is named: %s", async (_what, text, code) => {
  for (const size of [1, 3, 1000]) expect(await codeOf(utf16(text), size)).toBe(code);
});

it("a missing column is named before a fault far behind it", async () => {
  expect(await codeOf(utf16(`sku,x\n${"1,2\n".repeat(50_000)}\ud800.\n`), 1000)).toBe("MISSING_COLUMN");
});
