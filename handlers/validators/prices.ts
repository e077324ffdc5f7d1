import type { RecordError } from "#errors/catalogue.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import type { ValidatorSettings } from "#feeds/feed.ts";
import { isCurrency } from "#feeds/money.ts";
import { compareDecimals } from "#products/decimal.ts";
import type { Product, Variant } from "#products/product.ts";
import { inCategory } from "./category.ts";
import { broken, calledIn, fieldOfPart, forEachPart, type Validator } from "./rule.ts";

/** Holds all prices of a product and of its variants to limits per currency and, where a limit names one, per category. Every limit that fits applies. */
export const prices: Validator<NonNullable<ValidatorSettings["prices"]>> = (settings, { columnOf, fault }) => {
  const limits = settings.map((limit, index) => {
    const { currency, category, min, max } = limit;
    const path = pointer("validators", "prices", index);
    if (!isCurrency(currency)) fault(`${path}/currency`, `"${currency}" is not a currency of ISO 4217`);
    if (min === undefined && max === undefined) fault(path, "give min, max or both");
    if (min !== undefined && max !== undefined && compareDecimals(min, max) > 0) fault(path, "min is greater than max");
    const where = category === undefined ? "" : ` in the category "${category}"`;
    return { currency, min, max, where, applies: category === undefined ? undefined : inCategory(category) };
  });

  const check = (price: string, currency: string | undefined, field: string, place: Place): void => {
    const { product, variant, errors } = place;
    for (const { currency: own, min, max, where, applies } of limits) {
      if (own !== currency || (applies && !applies(product))) continue;
      const limit =
        min !== undefined && compareDecimals(price, min) < 0
          ? `less than ${min} ${own}`
          : max !== undefined && compareDecimals(price, max) > 0
            ? `more than ${max} ${own}`
            : undefined;
      if (limit === undefined) continue;
      const begin = calledIn(field, variant, columnOf);
      const message = `${begin} gives the price ${price} ${own}, ${limit}, the limit${where}: correct the price, or have the limit changed.`;
      errors.push(broken("PRICE_OUT_OF_RANGE", message, columnOf(fieldOfPart(field, variant)), price));
    }
  };

  return (product, { errors }) => {
    forEachPart(product, ({ price, specialPrice, prices: further }, variant) => {
      const place = { product, variant, errors };
      if (price !== undefined) check(price, product.currency, "price", place);
      if (specialPrice !== undefined) check(specialPrice, product.currency, "specialPrice", place);
      if (further) for (const one of further) check(one.price, one.currency, "prices", place);
    });
  };
};

interface Place {
  readonly product: Product;
  readonly variant: Variant | undefined;
  readonly errors: RecordError[];
}
