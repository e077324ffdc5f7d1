import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { check as checkFormat } from "prettier";
import { afterAll, describe, expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import { suggestFeed } from "../../scripts/feeds/suggest.ts";
import { tryFile } from "../../scripts/feeds/try.ts";
import { feedText } from "../../scripts/feeds/write-feed.ts";
import { feeds, fixture } from "./run-feeds.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "feeds-suggest-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is suggested for a file, and what it makes of the file. */
async function suggested(file: string, from?: string) {
  const { json, doubts } = await suggestFeed(file, { catalog: "shop", from, feeds: join(root, "schemas/feeds") });
  const trial = await tryFile(file, compileFeed("x", structuredClone(json)), 10_000);
  return { json, doubts: doubts.join("\n"), trial, products: trial.shown.map(({ product }) => product) };
}

function written(name: string, text: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("suggest", { timeout: 30_000 }, () => {
  test("reads an ERP's German export: semicolons, windows-1252, decimal commas, dates, words for yes and no", async () => {
    const { json, doubts, trial, products } = await suggested(fixture("suggest/erp.csv"));
    expect(json).toMatchObject({
      catalog: "shop",
      dialect: { encoding: "windows-1252" },
      key: "Artikelnummer",
      columns: { Lieferbar: { cleanse: ["trim", { boolean: { yes: ["ja"], no: ["nein"] } }] } },
      validators: { barcode: true },
    });
    expect(trial.shown.flatMap(({ errors }) => errors)).toEqual([]);
    expect(products[1]).toEqual({
      sku: "0010018",
      name: "Schloßkasten",
      description: "Für Haustüren",
      brand: "Höfner",
      categories: [["Beschläge", "Schlösser"]],
      price: "89.90",
      currency: "EUR",
      specialPrice: "79.90",
      specialPriceFrom: "2025-02-01",
      specialPriceTo: "2025-02-28",
      stock: "0",
      barcode: "4012345678901",
      weight: { value: "1.2", unit: "kg" },
      images: ["https://bilder.example/0010018.jpg"],
      attributes: { Lieferbar: false, "Breite mm": "98.0", "Angelegt am": "2025-01-03", Bemerkung: "Auslauf" },
    });
    expect(doubts).toContain("The file is not UTF-8: windows-1252 was assumed");
    expect(doubts).toContain("No currency is in the file: EUR was assumed");
    expect(doubts).toContain('Column "VK-Preis" may be gross or net');
  });

  test("reads a shop's flat export: categories, images and tags in lists, a status of 0 and 1", async () => {
    const { products, doubts } = await suggested(fixture("suggest/woo.csv"));
    expect(products[0]).toMatchObject({
      sku: "WOO-CAP",
      categories: [["Accessories"], ["Accessories", "Hats"]],
      price: "18",
      specialPrice: "14.9",
      stock: "25",
      weight: { value: "0.2", unit: "kg" },
      images: ["https://shop.example/cap-1.jpg", "https://shop.example/cap-2.jpg"],
      status: "active",
      attributes: { ID: "101", Tags: ["sale", "wool"], "Is featured?": false },
    });
    expect(doubts).toContain('Column "SKU" was taken for the key of the products; "ID" would do as well');
  });

  test("takes no sides where a date or a number could be read two ways", async () => {
    const file = written(
      "two-ways.csv",
      "sku,name,price,since,until\nA,Cup,1.299,03/04/2024,13/04/2024\nB,Jar,2.500,05/04/2024,14/04/2024\n",
    );
    const { json, doubts } = await suggested(file);
    expect(json.columns["since"]).toEqual({});
    expect(json.columns["until"]).toEqual({ cleanse: ["trim", { date: "DD/MM/YYYY" }] });
    expect(doubts).toContain('Column "since" has "03/04/2024", which may be DD/MM/YYYY or MM/DD/YYYY');
    expect(doubts).toContain('Column "price" has "1.299", which may be 1299 or 1.299');
  });

  test("finds the key by its cells where no name tells it, and says so", async () => {
    const file = written("key.csv", "what,where,x1\nCup,Rome,a-1\nCup,Oslo,a-2\nJar,Rome,a-3\n");
    const { json, doubts } = await suggested(file);
    expect(json.key).toBe("x1");
    expect(doubts).toContain('No column is named like a key: "x1" was taken');
  });

  test.each([
    ["Spanish", "Código;Nombre;Precio;Existencias;Marca\nA1;Taza;1.234,50 €;5;Luna\nA2;Vaso;2,00 €;7;Sol\n", "EUR"],
    [
      "French",
      "Référence\tDésignation\tPrix TTC (EUR)\tQuantité\tMarque\nA1\tTasse\t1234,50\t5\tLuna\nA2\tVerre\t2\t7\tSol\n",
      "EUR",
    ],
    [
      "Italian",
      "Codice articolo|Descrizione|Prezzo|Giacenza|Marca\nA1|Tazza|1234,50|5|Luna\nA2|Vetro|2,00|7|Sol\n",
      "EUR",
    ],
    ["Dutch", "Artikelnummer;Naam;Verkoopprijs;Voorraad;Merk\nA1;Kop;1234,50;5;Luna\nA2;Glas;2,00;7;Sol\n", "EUR"],
    [
      "Polish",
      "Kod produktu;Nazwa;Cena;Stan magazynowy;Producent\nA1;Kubek;1234,50 zł;5;Luna\nA2;Szkło;2,00 zł;7;Sol\n",
      "PLN",
    ],
    [
      "Portuguese",
      "Código;Nome do produto;Preço;Estoque;Marca\nA1;Copo;R$ 1234,50;5;Luna\nA2;Taça;R$ 2,00;7;Sol\n",
      "BRL",
    ],
  ])("knows the names of fields in %s", async (_language, csv, currency) => {
    const { products } = await suggested(written("language.csv", csv));
    expect(products[0]).toMatchObject({ sku: "A1", price: "1234.50", currency, stock: "5", brand: "Luna" });
    expect(products[0]!.name).toBeDefined();
    expect(products[0]!.attributes).toBeUndefined();
  });

  test("takes for text what would fail many records, and tells the few that fail", async () => {
    const rows = Array.from({ length: 40 }, (_, index) => `A${index},Cup ${index},${index === 7 ? "n/a" : "1.50"}`);
    const { trial, doubts, json } = await suggested(written("few.csv", `sku,name,price\n${rows.join("\n")}\n`));
    expect(json.mapping.price).toBeDefined();
    expect(trial.shown.filter(({ errors }) => errors.length > 0)).toHaveLength(1);
    expect(doubts).toContain("1 of the first 40 records would fail, the first on line 9:");
  });

  test("reads workbooks and archives, and titles above the header", async () => {
    const workbook = await suggested(fixture("cases/title.xlsx"));
    expect(workbook.products[0]).toMatchObject({ sku: "P1", name: "Cup", price: "3" });
    expect(workbook.doubts).toContain('"Price list spring 2026"');
    const archive = await suggested(written("a.csv.gz", gzipSync("sku;name\n1;Cup\n2;Jar\n")));
    expect(archive.products).toMatchObject([{ sku: "1", name: "Cup" }, { sku: "2" }]);
  });

  test("names the columns of a file without a header", async () => {
    const { json, products, doubts } = await suggested(
      written("bare.csv", "A-1,12.50,https://x.example/1.jpg\nA-2,13.50,\n"),
    );
    expect(json).toMatchObject({
      dialect: { delimiter: ",", columns: ["Column 1", "Column 2", "Column 3"] },
      key: "Column 1",
    });
    expect(products).toHaveLength(2);
    expect(doubts).toContain("The file has no header");
  });

  test("begins with another feed: its catalog, without absent columns, with new ones", async () => {
    const file = written(
      "own.csv",
      "sku,type,categories,name,status,price,warranty\nA,simple,Men/Hats,Cap,1,10,2 years\n",
    );
    const { json, doubts, products } = await suggested(file, "bagisto");
    expect(json.catalog).toBe("shop");
    expect(Object.keys(json.columns)).toEqual(["sku", "type", "categories", "name", "status", "price", "warranty"]);
    expect(products[0]).toEqual({
      sku: "A",
      name: "Cap",
      categories: [["Men", "Hats"]],
      price: "10",
      currency: "USD",
      status: "active",
      attributes: { type: "simple", warranty: "2 years" },
    });
    expect(doubts).toContain('The feed does not know the column "warranty"');
    expect(doubts).toMatch(/The file lacks the columns "parent_sku", .* of the feed/);
  });

  test.each([
    "suggest/erp.csv",
    "suggest/woo.csv",
    "suggest/akeneo.csv",
    "shopify/shopify.csv",
    "retail/2011-02-06.csv",
    "emissions/factors.csv",
  ])("writes a feed that is formatted as the others are for %s", async (name) => {
    const { json, trial } = await suggested(fixture(name));
    expect(await checkFormat(feedText(json), { parser: "json", printWidth: 120 })).toBe(true);
    expect(trial.rejection).toBeUndefined();
  });
});

describe("npm run feeds -- suggest", { timeout: 30_000 }, () => {
  test("writes the feed on stdout and doubts on stderr", async () => {
    const { stdout, stderr, code } = await feeds("suggest", fixture("suggest/erp.csv"), "--catalog", "locks");
    expect(JSON.parse(stdout)).toMatchObject({ catalog: "locks" });
    expect(stderr).toContain("EUR was assumed");
    expect(code).toBe(0);
  });

  test("takes the place of what npm writes in front of it into a file, and of nothing else", () => {
    const banner = "\n> product-import@0.1.0 feeds\n> node scripts/feeds.ts suggest x.csv\n\n";
    const run = (before: string): string => {
      const file = join(folder, "stdout.json");
      writeFileSync(file, before);
      const out = openSync(file, "a");
      spawnSync(process.execPath, ["scripts/feeds.ts", "suggest", fixture("suggest/erp.csv")], {
        cwd: root,
        stdio: ["ignore", out, "ignore"],
      });
      return readFileSync(file, "utf8");
    };
    expect(JSON.parse(run(banner))).toMatchObject({ key: "Artikelnummer" });
    expect(run("mine\n")).toMatch(/^mine\n\{/);
  });

  test("says in a sentence why a file cannot be read", async () => {
    const { stderr, code, stdout } = await feeds("suggest", written("a.pdf.csv", "%PDF-1.4 x"));
    expect(stderr).toBe(
      "The file is a PDF document, whatever its name says: export it as CSV, or give it the name that fits.\n",
    );
    expect([code, stdout]).toEqual([1, ""]);
  });
});

describe("suggest of shapes beyond one row", { timeout: 30_000 }, () => {
  test("finds products of several rows, their variants and options", async () => {
    const csv = [
      "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Image Src",
      "hat,Hat,Acme,Size,S,H-S,12.50,3,https://x.example/1.jpg",
      "hat,,,,M,H-M,13.00,4,https://x.example/2.jpg",
      "hat,,,,,,,,https://x.example/3.jpg",
      "cap,Cap,Acme,Title,Default Title,C,9.90,5,https://x.example/4.jpg",
      "sock,Sock,Acme,Size,One,SO-1,3.50,50,https://x.example/5.jpg",
      "sock,,,,Two,SO-2,3.60,51,",
    ].join("\n");
    const { json, doubts, products } = await suggested(written("shop.csv", `${csv}\n`));
    expect(json).toMatchObject({ key: "Handle", rows: { group: "Handle" } });
    expect(doubts).toContain('Rows with the same cell in column "Handle" were taken for one product');
    expect(products[0]).toMatchObject({
      sku: "hat",
      name: "Hat",
      images: ["https://x.example/1.jpg", "https://x.example/2.jpg", "https://x.example/3.jpg"],
      variants: [
        { sku: "H-S", options: { Size: "S" }, price: "12.50", stock: "3" },
        { sku: "H-M", options: { Size: "M" }, price: "13.00", stock: "4" },
      ],
    });
    expect(products[1]).toMatchObject({ sku: "cap", price: "9.90", stock: "5" });
    expect(products[1]).not.toHaveProperty("variants");
    expect(products).toHaveLength(3);
  });

  test("finds columns by locale, by currency and by number", async () => {
    const { json, doubts, trial, products } = await suggested(fixture("suggest/patterns.csv"));
    expect(trial.shown.flatMap(({ errors }) => errors)).toEqual([]);
    expect(json).not.toHaveProperty("rows");
    expect(products[0]).toMatchObject({
      sku: "P-1",
      name: "Mug",
      price: "12.90",
      currency: "EUR",
      images: ["https://x.example/1.jpg", "https://x.example/2.jpg"],
      categories: [["Kitchen", "Mugs"]],
      translations: { de_DE: { name: "Becher", attributes: { care: "Von Hand spülen." } } },
      attributes: { care: "Wash by hand.", Colour: ["red", "blue"], Material: ["stoneware"], Tag: ["new", "gift"] },
    });
    expect(products[0]?.prices).toContainEqual({ price: "14.00", currency: "USD" });
    expect(doubts).toContain("The texts are in en_US, de_DE");
  });
});
