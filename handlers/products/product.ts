/** A product as the catalogue stores it; `schemas/kinds/product.schema.json` is its authority. Money and measures are decimal text. */
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
  /** A price for a time, in the same currency. */
  specialPrice?: string;
  /** ISO 8601 dates between which the special price applies. */
  specialPriceFrom?: string;
  specialPriceTo?: string;
  /** Whole units on hand, as decimal text; negative where more is sold than there is. */
  stock?: string;
  attributes?: Record<string, string | boolean | string[]>;
  images?: string[];
  /** GTIN-8, -12, -13 or -14 with its check digit. */
  barcode?: string;
  weight?: { value: string; unit: "g" | "kg" | "oz" | "lb" };
  status?: "active" | "inactive" | "discontinued";
  parentSku?: string;
}
