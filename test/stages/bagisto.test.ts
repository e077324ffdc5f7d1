import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadFeeds } from "#feeds/load.ts";
import type { Product } from "#products/product.ts";
import type { Line } from "#records/line.ts";
import { runStages } from "./run-stages.ts";

const root = join(import.meta.dirname, "../..");
const feed = loadFeeds(join(root, "schemas/feeds")).get("bagisto")!;
const lines = runStages(feed, readFileSync(join(root, "samples/bagisto/products.csv")), 65_536);

function product(sku: string): Product {
  const line = lines.find(
    (candidate): candidate is Line & { kind: "mapped" } => candidate.kind === "mapped" && candidate.key === sku,
  );
  if (!line) throw new Error(`No product ${sku}`);
  return line.product;
}

test("all 26 records of the real file become products", () => {
  expect(lines.filter(({ kind }) => kind !== "mapped")).toEqual([]);
  expect(lines).toHaveLength(26);
  expect(new Set(lines.map((line) => (line.kind === "mapped" ? line.key : ""))).size).toBe(26);
});

test("a simple product, whole", () => {
  expect(product("SP-003")).toEqual({
    sku: "SP-003",
    name: "Arctic Touchscreen Winter Gloves",
    description: expect.stringMatching(
      /^Introducing the Arctic Touchscreen Winter Gloves – where warmth.*winter season with confidence\.$/,
    ) as unknown,
    shortDescription: expect.stringMatching(/^Stay connected and warm.*chilly conditions\.$/) as unknown,
    categories: [["Men", "Winter Wear"]],
    price: "21",
    currency: "USD",
    specialPrice: "17",
    specialPriceFrom: "2024-02-01",
    specialPriceTo: "2024-02-15",
    stock: "100",
    images: ["3.webp"],
    weight: { value: "1", unit: "kg" },
    status: "active",
    attributes: {
      locale: "en",
      family: "default",
      type: "simple",
      visibleIndividually: true,
      new: false,
      featured: false,
      guestCheckout: false,
      urlKey: "arctic-touchscreen-winter-gloves",
      metaTitle: "Meta Title",
      metaKeywords: ["meta1", "meta2", "meta5"],
      metaDescription: "meta description",
      manageStock: true,
      inventories: ["default=100"],
      relatedSkus: ["SP-001", "SP-002"],
      crossSellSkus: ["SP-001", "SP-002"],
      upSellSkus: ["SP-001", "SP-002"],
    },
  });
});

test("a variant knows its parent and its images", () => {
  expect(product("SP-007")).toMatchObject({
    parentSku: "CP-001",
    images: ["11.webp", "12.webp"],
    attributes: { visibleIndividually: false },
  });
});

test("a configurable product has its variants and no price", () => {
  const parent = product("CP-001");
  expect(parent.attributes).toMatchObject({
    type: "configurable",
    configurableVariants: [
      "sku=SP-005,color=Yellow,size=M",
      "sku=SP-006,color=Yellow,size=L",
      "sku=SP-007,color=Green,size=M",
      "sku=SP-008,color=Green,size=L",
    ],
  });
  expect(parent).not.toHaveProperty("price");
  expect(parent).not.toHaveProperty("currency");
});

test("a booking, whole", () => {
  expect(product("BKP-EVENT-001")).toEqual({
    sku: "BKP-EVENT-001",
    name: "Summer Music Festival 2026",
    description:
      "Experience an unforgettable evening at the Summer Music Festival 2026 featuring international artists across multiple genres.",
    shortDescription: "Live international music festival.",
    categories: [["Men", "Winter Wear"]],
    price: "50",
    currency: "USD",
    status: "active",
    attributes: {
      locale: "en",
      family: "default",
      type: "booking",
      visibleIndividually: true,
      urlKey: "summer-music-festival-2026",
      metaTitle: "Summer Music Festival 2026",
      metaDescription: "Live international music festival.",
      manageStock: false,
      bookingOptions: [
        "type=event,location=Central Park Amphitheater,show_location=1,available_every_week=0,available_from=2026-07-15 19:00:00,available_to=2026-07-15 23:00:00,allow_cancellation=0",
        "ticket=1,name=VIP,qty=50,price=100.00,special_price=85.00,description=Front row seating with meet-and-greet",
        "ticket=2,name=Standard,qty=300,price=50.00,description=General admission",
      ],
    },
  });
});

test("every kind of product is there, with what only it has", () => {
  expect(product("GP-001").attributes).toMatchObject({ associatedSkus: ["SP-001=5", "SP-003=5", "SP-004=5"] });
  expect(product("BP-001").attributes?.["bundleOptions"]).toHaveLength(4);
  expect(product("SP-001").attributes).toMatchObject({
    customerGroupPrices: ["group=all,qty=2,type=fixed,price=12", "group=all,qty=3,type=discount,price=50"],
  });
});
