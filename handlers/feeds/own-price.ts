import type { Catalog } from "#feeds/catalog-settings.ts";
import type { Price, Product } from "#products/product.ts";

/**
 * Takes the price in the catalog's currency for everybody out of the further prices, to be that of a product or of a variant.
 * `owner`, which is the product, has one currency for all.
 */
export function takePrice(
  record: Pick<Product, "price" | "prices">,
  owner: Pick<Product, "currency">,
  { currency }: Catalog,
): void {
  const own = record.prices?.find((price) => price.currency === currency && isForEverybody(price));
  if (own === undefined || (owner.currency !== undefined && owner.currency !== own.currency)) return;
  record.price = own.price;
  owner.currency = own.currency;
  const others = record.prices!.filter((price) => price !== own);
  if (others.length > 0) record.prices = others;
  else delete record.prices;
}

function isForEverybody({ country, channel, customerGroup }: Price): boolean {
  return country === undefined && channel === undefined && customerGroup === undefined;
}
