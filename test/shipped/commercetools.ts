import { cellsOf, filled, grouped, items, rowsOf, type Row, type Told } from "./rows.ts";

const locales = ["en", "de", "it"];
const ofFields =
  /^(sku|prices|categories|images|designer|color|size|variantId|isOnStock|(name|description|slug|details|meta[A-Z][a-z]+)\..+)$/;

/** The products of an export of commercetools: rows without a product type are further variants of the product above. */
export function readCommercetools(path: string): Told[] {
  return grouped(rowsOf(path), (row) => row["productType"] !== undefined).map(([first, ...more]) =>
    productOf(first, [first, ...more]),
  );
}

function productOf(row: Row, rows: readonly Row[]): Told {
  const ofColumns = Object.assign(
    {},
    ...[...rows].reverse().map((own) => cellsOf(own, (name) => !ofFields.test(name))),
  ) as Row;
  const variants = rows.map((own) => filled({ sku: own["sku"], ...variantOf(own, ofColumns) }));
  const product = {
    sku: row["slug.en"],
    brand: rows.find((own) => own["designer"] !== undefined)?.["designer"],
    categories: items(row["categories"], ";").map((path) => items(path, ">")),
    attributes: filled({ ...ofColumns, slug: row["slug.en"] }),
    translations: filled(
      Object.fromEntries(
        locales.map((locale) => [
          locale,
          filled({
            name: row[`name.${locale}`],
            description: row[`description.${locale}`],
            attributes: filled({
              slug: locale === "en" ? undefined : row[`slug.${locale}`],
              metaTitle: row[`metaTitle.${locale}`],
              metaDescription: row[`metaDescription.${locale}`],
              metaKeywords: row[`metaKeywords.${locale}`],
              details: rows.find((own) => own[`details.${locale}`])?.[`details.${locale}`],
            }),
          }),
        ]),
      ),
    ),
  };
  const [only, ...others] = variants;
  if (others.length > 0 || only?.["options"] !== undefined) return filled({ ...product, variants });
  const { sku: _sku, attributes, ...own } = only as { sku: string; attributes: Row };
  return filled({ ...own, ...product, attributes: { ...attributes, ...product.attributes } });
}

function variantOf(row: Row, ofProduct: Row): object {
  return {
    options: filled({ size: row["size"], color: row["color"] }),
    prices: items(row["prices"], ";").map(priceOf),
    images: items(row["images"], ";"),
    attributes: filled({
      ...cellsOf(row, (name) => !ofFields.test(name) && row[name] !== ofProduct[name]),
      sku: row["sku"],
      variantId: row["variantId"],
      isOnStock: row["isOnStock"] === undefined ? undefined : /true/i.test(row["isOnStock"]),
    }),
  };
}

/** `DE-EUR 2640 b2b#store-berlin`: cents, with a country, a group of customers and a channel where it has them. */
function priceOf(text: string): object {
  const [rest = "", channel] = text.split("#");
  const [money = "", cents = "", customerGroup] = rest.split(" ");
  const [country, currency] = money.includes("-") ? money.split("-") : [undefined, money];
  return filled({ price: (Number(cents) / 100).toFixed(2), currency, country, channel, customerGroup });
}
