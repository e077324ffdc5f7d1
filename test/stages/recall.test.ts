import { expect, it } from "vitest";
import { contentHashOf } from "#products/content-hash.ts";
import type { FormerState } from "#products/former-state.ts";
import type { Product } from "#products/product.ts";
import type { StoredState } from "#products/product-store.ts";
import type { StoredOutcome } from "#records/line.ts";
import { recall } from "#stages/recall.ts";

const hat: Product = { sku: "A", name: "Hat" };
const cap: Product = { sku: "A", name: "Cap" };

function kept(...states: FormerState[]): ReadonlyMap<number, readonly FormerState[]> {
  return new Map([[7, states]]);
}
const former = (before?: FormerState["before"]): FormerState => ({
  ...{ record: 7, line: 8, key: "A", version: "v5" },
  ...(before && { before }),
});
function stored(
  sourceVersion: string,
  product: Product | undefined = cap,
  outcome: StoredOutcome = "updated",
  importId = "other",
) {
  const state: StoredState = { sourceVersion, product, contentHash: "h", importId, outcome };
  return new Map([["A", state]]);
}
const chunk = { records: 1 };
const ours = ["wrong", "undo"];

it("gives back what the import has replaced, and keeps what it takes away", () => {
  const { lines, former: keeps } = recall(chunk, ours, kept(former({ version: "v1", product: hat })), stored("v5"));
  const compared = { outcome: "updated", hash: contentHashOf(hat), over: "v5" };
  expect(lines).toMatchObject([{ kind: "restoring", key: "A", product: hat, version: "v5/undone", compared }]);
  expect(keeps).toEqual([
    { record: 7, line: 8, key: "A", version: "v5/undone", before: { version: "v5", product: cap } },
  ]);
});

it("goes by the last state that was kept: whoever kept it has seen something newer", () => {
  const states = kept(former(), former({ version: "v3", product: hat }), former({ version: "v1", product: cap }));
  expect(recall(chunk, ours, states, stored("v5")).lines).toMatchObject([{ product: hat }]);
});

it("takes away what the import has created, and what stood there as a mark alone", () => {
  for (const before of [undefined, { version: "v1" }]) {
    const { lines } = recall(chunk, ours, kept(former(before)), stored("v5"));
    expect(lines).toMatchObject([{ kind: "restoring", compared: { outcome: "removed" } }]);
    expect(lines[0]).not.toHaveProperty("product");
  }
});

it.each<[string, ReadonlyMap<string, StoredState>, object]>([
  ["was never stored", stored("v4"), { outcome: "unchanged" }],
  ["is not there", new Map(), { outcome: "unchanged" }],
  ["was taken back already", stored("v5/undone", undefined, "removed"), { outcome: "removed" }],
  ["was written since", stored("v6"), { outcome: "superseded", supersededBy: "other" }],
  ["a later record of the import replaced", stored("v6", cap, "updated", "wrong"), { outcome: "unchanged" }],
  ["was taken back with a later record", stored("v6/undone", cap, "updated", "undo"), { outcome: "unchanged" }],
  ["was corrected since", stored("v5/0001"), { outcome: "superseded", supersededBy: "other" }],
])("leaves alone what %s", (_what, now, outcome) => {
  const { lines, former: keeps } = recall(chunk, ours, kept(former({ version: "v1", product: hat })), now);
  expect(lines).toMatchObject([{ kind: "stored", key: "A", ...outcome }]);
  expect(keeps).toEqual([]);
});

it("gives a line for each record of the chunk, whatever their numbers", () => {
  const { lines } = recall({ records: 3 }, ours, kept(former({ version: "v1", product: hat })), stored("v5"));
  expect(lines).toMatchObject([
    { kind: "restoring" },
    { kind: "stored", outcome: "unchanged" },
    { kind: "stored", outcome: "unchanged" },
  ]);
});
