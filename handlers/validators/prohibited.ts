import type { ValidatorSettings } from "#feeds/feed.ts";
import { quote } from "#feeds/bad-cell.ts";
import { cleanKey } from "#products/key.ts";
import { inCategory } from "./category.ts";
import { broken, called, type Validator } from "./rule.ts";

const todo = "remove the product from the file, or have the rule changed.";
const fields = ["name", "shortDescription", "description"] as const;

/** Refuses products by category (and all below it), by whole words in name and descriptions, and by sku. */
export const prohibited: Validator<NonNullable<ValidatorSettings["prohibited"]>> = (settings, { columnOf }) => {
  const categories = (settings.categories ?? []).map((path) => ({ path, matches: inCategory(path) }));
  const keywords = keywordPattern(settings.keywords ?? []);
  const skus = new Set(settings.skus?.map(cleanKey));

  return (product, { errors }) => {
    if (skus.has(product.sku)) {
      const message = `The sku ${quote(product.sku)} is prohibited: ${todo}`;
      errors.push(broken("PROHIBITED_PRODUCT", message, columnOf("sku"), product.sku));
    }
    for (const { path, matches } of categories) {
      if (!matches(product)) continue;
      const value = product.categories!.map((levels) => levels.join("/")).join(", ");
      const message = `${called("categories", columnOf)} puts the product into the prohibited category "${path}": ${todo}`;
      errors.push(broken("PROHIBITED_PRODUCT", message, columnOf("categories"), value));
    }
    if (keywords === undefined) return;
    for (const field of fields) {
      const text = product[field];
      const found = text === undefined ? null : keywords.exec(text);
      if (found === null) continue;
      const message = `${called(field, columnOf)} has the prohibited word ${quote(found[0])}: ${todo}`;
      errors.push(broken("PROHIBITED_PRODUCT", message, columnOf(field), text));
    }
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
