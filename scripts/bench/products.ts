const brands = ["Nordfell", "Casa Lumo", "Brightwell & Sons", "Éclat", "小島"];
const kinds = ["Jacket", "Scarf", "Floor Lamp", "Touchscreen Gloves", "Armchair", "Trail Shoe"];
const colours = ["black", "sea green", "yellow", "red", "off-white"];
const sizes = ["XS", "S", "M", "L", "XL"];
const categories = ["Men/Winter Wear", "Home/Lighting/Floor", "Women/Accessories, Gifts/Under 50", "Outdoor/Shoes"];
const sentences = [
  "Crafted from a soft and durable blend of wool and acrylic, it keeps you warm on the coldest days.",
  'Comes with a 45" cord, a spare bulb and a two-year warranty.',
  "Machine wash cold, tumble dry low; do not bleach.",
  "The timeless design goes with everything you own, and with everything you do not own yet.",
];

const header =
  "sku,parent,name,description,brand,category,price,currency,special price,stock,colour,size,material,images,ean,weight,active,updated";

/** Most records in one block of `productBlocks`. */
const blockRecords = 1000;

/**
 * CSV of that many products, as an ERP might export them: 18 columns, quoted where they must be, some with line breaks, about
 * 460 bytes each. The same for every run.
 */
export function generateProducts(records: number): Buffer {
  return Buffer.concat([...productBlocks(records)]);
}

/** The same CSV in blocks, for files that are too large to be held. */
export function* productBlocks(records: number): Generator<Buffer> {
  yield Buffer.from(`${header}\r\n`);
  for (let first = 0; first < records; first += blockRecords) {
    const length = Math.min(blockRecords, records - first);
    yield Buffer.from(Array.from({ length }, (_, i) => `${product(first + i)}\r\n`).join(""));
  }
}

function product(i: number): string {
  const sku = `${String(i).padStart(7, "0")}-${sizes[i % 5]!}`;
  const parent = i % 5 === 0 ? "" : `${String(i - (i % 5)).padStart(7, "0")}-XS`;
  const brand = brands[i % brands.length]!;
  const colour = colours[i % colours.length]!;
  const name = `${brand} ${kinds[i % kinds.length]!}, ${colour}`;
  const count = 1 + (i % 3);
  const description = Array.from({ length: count }, (_, n) => sentences[(i + n) % sentences.length]!).join(
    i % 8 === 2 ? "\n" : " ",
  );
  const price = `${5 + (i % 300)}.${String((i * 7) % 100).padStart(2, "0")}`;
  const special = i % 10 === 0 ? `${4 + (i % 300)}.99` : "";
  const images = Array.from({ length: count }, (_, n) => `https://img.example.com/p/${i}/${n}.jpg`).join("|");
  const digits = `4${String(i).padStart(11, "0")}`;
  return [
    sku,
    parent,
    quoted(name),
    quoted(description),
    quoted(brand),
    quoted(categories[i % categories.length]!),
    price,
    i % 4 === 0 ? "USD" : "EUR",
    special,
    String((i * 13) % 500),
    colour,
    sizes[i % 5]!,
    i % 2 === 0 ? "wool" : "",
    images,
    digits + checkDigit(digits),
    `${1 + (i % 9)}.${i % 10}`,
    i % 50 === 0 ? "no" : "yes",
    `${String(1 + (i % 28)).padStart(2, "0")}.${String(1 + (i % 12)).padStart(2, "0")}.2026`,
  ].join(",");
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}
