import { describe, expect, it } from "vitest";
import type { ImportRef } from "#imports/flow.ts";
import { contentHashOf } from "#products/content-hash.ts";
import type { StoredState } from "#products/product-store.ts";
import { sourceVersionOf } from "#products/source-version.ts";
import type { MappedLine } from "#records/line.ts";
import { compare } from "#stages/compare.ts";

const nowhere = { bucket: "b", key: "k" };
const from: ImportRef = {
  ...{ importId: "b".repeat(32), feed: "f", eventTime: "2026-01-02T00:00:00.000Z", sequencer: "" },
  ...{ file: { ...nowhere, etag: "", bytes: 1 }, archived: nowhere, owner: "o", startedAt: "2026-01-02T00:00:00.000Z" },
};
const product = { sku: "A", name: "Hat", price: "2", currency: "EUR" };
const line: MappedLine = { kind: "mapped", record: 3, line: 4, at: [0, 9], key: "A", product };
const version = sourceVersionOf(from, 3);

function stored(parts: Partial<StoredState> = {}): StoredState {
  const other = { sku: "A", name: "Cap" };
  const older = sourceVersionOf({ ...from, eventTime: "2026-01-01T00:00:00Z" }, 9);
  return {
    ...{ sourceVersion: older, product: other, contentHash: contentHashOf(other), importId: "a", outcome: "created" },
    ...parts,
  };
}

describe("a record, compared with what is stored", () => {
  it("is created where there is nothing, and that is kept", () => {
    const { line: after, former } = compare(from, line, undefined);
    expect(after.compared).toEqual({ outcome: "created", hash: contentHashOf(product) });
    expect(former).toEqual({ record: 3, line: 4, key: "A", version });
  });

  it("is updated where an older product differs, which is kept", () => {
    const now = stored();
    const { line: after, former } = compare(from, line, now);
    expect(after.compared).toMatchObject({ outcome: "updated", over: now.sourceVersion });
    expect(after.compared.changed).toEqual(["name", "price", "currency"]);
    expect(former).toMatchObject({ version, before: { version: now.sourceVersion, product: now.product } });
  });

  it("is unchanged where an older product is the same: there is nothing to keep", () => {
    const { line: after, former } = compare(from, line, stored({ product, contentHash: contentHashOf(product) }));
    expect(after.compared).toMatchObject({ outcome: "unchanged" });
    expect(former).toBeUndefined();
  });

  it("is superseded by something newer, whose import is named, and nothing can change that", () => {
    const newer = stored({ sourceVersion: sourceVersionOf({ ...from, eventTime: "2026-01-03T00:00:00Z" }, 1) });
    const { line: after, former } = compare(from, line, newer);
    expect(after.compared).toMatchObject({ outcome: "superseded", supersededBy: "a", settled: true });
    expect(former).toBeUndefined();
  });

  it("has the outcome that it had where it is stored already", () => {
    const own = stored({ sourceVersion: version, outcome: "updated" });
    expect(compare(from, line, own).line.compared).toMatchObject({ outcome: "updated", settled: true });
    expect(compare(from, line, own).former).toBeUndefined();
  });

  it("goes by the age of its dead letter, where it comes back", () => {
    const back = { ...line, failure: { id: "x", sourceVersion: "2025" } };
    expect(compare(from, back, stored()).line.compared).toMatchObject({ outcome: "superseded" });
    expect(compare(from, back, undefined).former).toMatchObject({ version: "2025" });
  });
});
