import type { RecordError } from "#errors/catalogue.ts";
import type { Product } from "#products/product.ts";
import { Notes } from "#records/notes.ts";
import type { Rule, Setting } from "../../handlers/validators/rule.ts";

/** A feed's side of a validator: every field comes from a column of its name in capitals. */
export const setting: Setting = {
  columnOf: (field) => field.toUpperCase(),
  isFilled: () => true,
  fault: (path, sentence) => {
    throw new Error(`${path}: ${sentence}`);
  },
};

/** What a rule says of a product. */
export function errorsOf(rule: Rule, product: Partial<Product>): RecordError[] {
  const notes = new Notes();
  rule({ sku: "7", ...product }, notes);
  return notes.errors;
}
