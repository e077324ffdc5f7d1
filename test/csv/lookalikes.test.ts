import { expect, it } from "vitest";
import { lookalikesOf } from "#csv/lookalikes.ts";

it.each([
  ["name", ["nmae", "colour"], ["nmae"]],
  ["name", ["Name ", "NAME"], ["Name ", "NAME"]],
  ["product name", ["product_name", "Product-Name"], ["product_name", "Product-Name"]],
  ["price", ["Unit price (EUR)", "prices", "prize", "pride"], ["Unit price (EUR)", "prices", "prize"]],
  ["sku", ["id", "SKU-No", "ski", "s", ""], ["SKU-No", "ski"]],
  ["name", ["stock", "ean", "game"], ["game"]],
])("%j is looked for among %j", (column, names, expected) => {
  expect(lookalikesOf(column, names)).toEqual(expected);
});
