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
  /** ISO 4217, three capital letters; required with a price, and that of the variants' prices too. */
  currency?: string;
  /** A price for a time, in the same currency. */
  specialPrice?: string;
  /** ISO 8601 dates between which the special price applies. */
  specialPriceFrom?: string;
  specialPriceTo?: string;
  /** Whole units on hand, as decimal text; negative where more is sold than there is. */
  stock?: string;
  attributes?: Attributes;
  images?: string[];
  /** GTIN-8, -12, -13 or -14 with its check digit. */
  barcode?: string;
  weight?: { value: string; unit: "g" | "kg" | "oz" | "lb" };
  status?: "active" | "inactive" | "discontinued";
  parentSku?: string;
  /** Further prices, beside `price`. */
  prices?: Price[];
  /** Texts by locale ("de_DE"). */
  translations?: Record<string, Translation>;
  /** What it is sold as, where it has options. */
  variants?: Variant[];
}

export type Attributes = Record<string, AttributeValue>;

/** A text, a flag, texts, or a number with its unit. */
export type AttributeValue = string | boolean | readonly string[] | { readonly value: string; readonly unit: string };

/** A price in a currency, for a country, a channel or a group of customers where it names them. */
export interface Price {
  price: string;
  /** ISO 4217. */
  currency: string;
  country?: string;
  channel?: string;
  customerGroup?: string;
}

export interface Translation {
  name?: string;
  description?: string;
  shortDescription?: string;
  attributes?: Attributes;
}

/** One of the things that a product is sold as. Its prices are in the product's currency. */
export interface Variant extends Pick<
  Product,
  "price" | "specialPrice" | "prices" | "stock" | "barcode" | "weight" | "images" | "attributes"
> {
  sku: string;
  /** What tells it from the others: { Size: "M" }. */
  options?: Record<string, string>;
}
