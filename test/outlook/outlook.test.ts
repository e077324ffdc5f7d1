import { expect, it } from "vitest";
import { changesRows } from "#outlook/csv.ts";
import { OutlookSum, type PreparedLine } from "#outlook/outlook.ts";
import type { Product } from "#products/product.ts";
import type { StoredOutcome } from "#records/line.ts";

const at = { record: 1, line: 2, at: [0, 1] as const };

function line(product: Product, outcome: StoredOutcome, changed: string[] = []): PreparedLine {
  return { ...at, kind: "mapped", key: product.sku, product, compared: { outcome, hash: "h", changed } };
}

function former(product: Product) {
  return { record: 1, line: 2, key: product.sku, version: "v", before: { version: "u", product } };
}

it("has the largest changes of prices first, twenty at most, those of variants among them", () => {
  const sum = new OutlookSum();
  for (let n = 1; n <= 40; n++) {
    const before: Product = { sku: `P${n}`, price: "1", currency: "EUR", variants: [{ sku: `V${n}`, price: "1" }] };
    const variants = [{ sku: `V${n}`, price: n === 7 ? "1000" : "1" }];
    const after: Product = { ...before, price: String(n), variants };
    sum.add(line(after, "updated", ["price"]), former(before));
  }
  const { priceChanges, changedFields } = sum.outlook([]);
  expect(changedFields).toEqual({ price: 39, "variants.price": 1 });
  expect(priceChanges).toHaveLength(20);
  expect(priceChanges.slice(0, 3)).toEqual([
    { key: "P7", of: "V7", before: "1", after: "1000", currency: "EUR" },
    { key: "P40", before: "1", after: "40", currency: "EUR" },
    { key: "P39", before: "1", after: "39", currency: "EUR" },
  ]);
});

it("has categories that no product of the file has had, and that none would have any more", () => {
  const sum = new OutlookSum();
  const hat = { sku: "A", categories: [["Hats"], ["Sale"]] };
  sum.add(line({ ...hat, categories: [["Hats"], ["New", "Spring"]] }, "updated"), former(hat));
  sum.add(line({ sku: "B", categories: [["Scarfs"]] }, "unchanged"), undefined);
  sum.add(line({ sku: "C", categories: [["Shawls"]] }, "created"), undefined);
  sum.add(line({ sku: "D", categories: [["Old"]] }, "superseded"), undefined);
  expect(sum.outlook([])).toMatchObject({
    newCategories: ["New > Spring", "Shawls"],
    vanishedCategories: ["Sale"],
  });
});

it("counts what would fail, one by one or a chunk at once", () => {
  const sum = new OutlookSum();
  sum.add({ ...at, kind: "failed", errors: [{ code: "BAD_MONEY", message: "" }] }, undefined);
  sum.add({ ...at, kind: "blank" }, undefined);
  sum.addFailed(5, "CRASHED");
  expect(sum.outlook([])).toMatchObject({
    outcomes: { failed: 6, blank: 1 },
    failuresByCode: { BAD_MONEY: 1, CRASHED: 5 },
  });
});

it("tells changes in lines that a spreadsheet runs nothing of", () => {
  const change = { record: 1, line: 2, key: "A", field: "name", before: "Hat", after: "=1+1" };
  expect(changesRows([change])).toBe("A,name,,Hat,'=1+1,1,2\r\n");
});
