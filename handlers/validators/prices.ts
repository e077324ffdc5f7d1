import type { RecordError } from "#errors/catalogue.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import type { ValidatorSettings } from "#feeds/feed.ts";
import { isCurrency } from "#feeds/money.ts";
import { compareDecimals } from "#products/decimal.ts";
import type { Product } from "#products/product.ts";
import { inCategory } from "./category.ts";
import { broken, called, type Validator } from "./rule.ts";

/** Holds prices to limits per currency and, where a limit names one, per category. Every limit that fits applies. */
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

  const check = (field: "price" | "specialPrice", product: Product, errors: RecordError[]): void => {
    const price = product[field];
    if (price === undefined) return;
    for (const { currency, min, max, where, applies } of limits) {
      if (currency !== product.currency || (applies && !applies(product))) continue;
      const limit =
        min !== undefined && compareDecimals(price, min) < 0
          ? `less than ${min} ${currency}`
          : max !== undefined && compareDecimals(price, max) > 0
            ? `more than ${max} ${currency}`
            : undefined;
      if (limit === undefined) continue;
      const message = `${called(field, columnOf)} gives the price ${price} ${currency}, ${limit}, the limit${where}: correct the price, or have the limit changed.`;
      errors.push(broken("PRICE_OUT_OF_RANGE", message, columnOf(field), price));
    }
  };

  return (product, { errors }) => {
    check("price", product, errors);
    check("specialPrice", product, errors);
  };
};
