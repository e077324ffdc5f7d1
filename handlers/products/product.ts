/** A product as the catalogue stores it; `schemas/product.schema.json` is its authority. Money and measures are decimal text. */
export interface Product {
  sku: string;
  name?: string;
  description?: string;
  shortDescription?: string;
  brand?: string;
  /** Category paths, outermost first: ["Men", "Winter Wear"]. */
  categories?: string[][];
  price?: string;
  /** ISO 4217, three capital letters; required with a price. */
  currency?: string;
  /** Whole units on hand, as decimal text. */
  stock?: string;
  attributes?: Record<string, string | boolean | string[]>;
  images?: string[];
  /** GTIN-8, -12, -13 or -14 with its check digit. */
  barcode?: string;
  weight?: { value: string; unit: "g" | "kg" | "oz" | "lb" };
  status?: "active" | "inactive" | "discontinued";
  parentSku?: string;
}
