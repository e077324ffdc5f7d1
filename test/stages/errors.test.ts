import { expect, test } from "vitest";
import { errorsOf, smallFeed } from "./run-stages.ts";

const price = { from: "price", currency: "EUR" };
const feed = smallFeed({
  columns: { size: {}, price: {}, cost: {} },
  mapping: {
    price,
    attributes: { cost: { from: "cost", type: "decimal" } },
    variants: { sku: "id", options: { Size: "size" }, price },
  },
});

test("a cell that two fields are made of is told once", () => {
  expect(errorsOf(feed, "id,size,price,cost\n7,M,free,3\n")).toMatchObject([
    { code: "BAD_MONEY", column: "price", value: "free" },
  ]);
});

test("two cells with the same fault are told both", () => {
  expect(errorsOf(feed, "id,size,price,cost\n7,M,free,free\n").map(({ column }) => column)).toEqual(["price", "cost"]);
});
