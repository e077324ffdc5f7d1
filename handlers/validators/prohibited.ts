import type { ValidatorSettings } from "#feeds/feed.ts";
import { quote } from "#feeds/bad-cell.ts";
import { cleanKey } from "#products/key.ts";
import { inCategory } from "./category.ts";
import type { Product } from "#products/product.ts";
import { broken, called, fieldOfPart, forEachPart, type Validator } from "./rule.ts";

const todo = "remove the product from the file, or have the rule changed.";
const fields = ["name", "shortDescription", "description"] as const;

/**
 * Refuses products by category (and all below it), by whole words in name and descriptions of any
 * language, and by sku, a variant's too.
 */
export const prohibited: Validator<NonNullable<ValidatorSettings["prohibited"]>> = (settings, { columnOf }) => {
  const categories = (settings.categories ?? []).map((path) => ({ path, matches: inCategory(path) }));
  const keywords = keywordPattern(settings.keywords ?? []);
  const skus = new Set(settings.skus?.map(cleanKey));

  return (product, { errors }) => {
    forEachPart(product, ({ sku }, variant) => {
      if (!skus.has(sku)) return;
      const message = `The sku ${quote(sku)} is prohibited: ${todo}`;
      errors.push(broken("PROHIBITED_PRODUCT", message, columnOf(fieldOfPart("sku", variant)), sku));
    });
    for (const { path, matches } of categories) {
      if (!matches(product)) continue;
      const value = product.categories!.map((levels) => levels.join("/")).join(", ");
      const message = `${called("categories", columnOf)} puts the product into the prohibited category "${path}": ${todo}`;
      errors.push(broken("PROHIBITED_PRODUCT", message, columnOf("categories"), value));
    }
    if (keywords === undefined) return;
    const look = (texts: Pick<Product, (typeof fields)[number]>, of: string): void => {
      for (const field of fields) {
        const text = texts[field];
        const found = text === undefined ? null : keywords.exec(text);
        if (found === null) continue;
        const message = `${called(of + field, columnOf)} has the prohibited word ${quote(found[0])}: ${todo}`;
        errors.push(broken("PROHIBITED_PRODUCT", message, columnOf(of + field), text));
      }
    };
    look(product, "");
    for (const texts of Object.values(product.translations ?? {})) look(texts, "translations.");
  };
};

/** Whole words or phrases of any case; a letter or digit of any script continues a word. */
function keywordPattern(keywords: readonly string[]): RegExp | undefined {
  if (keywords.length === 0) return undefined;
  const words = keywords.map((word) =>
    word
      .trim()
      .replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
      .replace(/\s+/g, "\\s+"),
  );
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "iu");
}
