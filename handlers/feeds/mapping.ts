import type { RecordError } from "#errors/catalogue.ts";
import { badCell } from "#feeds/bad-cell.ts";
import { quoteAll } from "#feeds/cleansing.ts";
import { findColumn, type Column } from "#feeds/columns.ts";
import type {
  CategoriesSource,
  FeedFile,
  ImagesSource,
  MappingSettings,
  MoneySource,
  Source,
  TextSource,
  WeightSource,
} from "#feeds/feed.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";
import { isCurrency, readMoney, type Money } from "#feeds/money.ts";
import { columnsOf, isOmitted } from "#feeds/omitted.ts";
import { itemsOf, splitAt, type Split } from "#feeds/separator.ts";
import { readWeight, unitOf, type Weight } from "#feeds/weight.ts";
import { isGroupedOnce } from "#products/decimal.ts";
import { attributeOf } from "#products/fields.ts";
import { cleanKey, keyProblem } from "#products/key.ts";
import type { Product } from "#products/product.ts";
import type { Cell } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";

type Cells = readonly Cell[];
type Extra = Readonly<Record<string, string>>;

/** Makes a product of the cells of a restructured record. What cannot be mapped is noted and left out. */
export type ToProduct = (key: string, cells: Cells, extra: Extra | undefined, notes: Notes) => Product;

/** Name of the file's column that fills a product field ("price", "attributes.colour"), where one does. */
export type ColumnOf = (field: string) => string | undefined;

export interface Mapping {
  readonly toProduct: ToProduct;
  readonly columnOf: ColumnOf;
}

/** Reads one field; undefined where the record has nothing for it. */
type Read<T> = (cells: Cells, notes: Notes) => T | undefined;

/** Compiles the mapping of a feed to closures, once; see MappingSettings for what each can be. */
export function compileMapping(file: FeedFile, columns: ReadonlyMap<string, Column>, fault: NoteFault): Mapping {
  const compiler = new MappingCompiler(columns, fault);
  const { mapping } = file;
  const text = (field: TextField): Read<string> => compiler.text(mapping[field], field);
  const name = text("name");
  const description = text("description");
  const shortDescription = text("shortDescription");
  const brand = text("brand");
  const categories = compiler.orOmit(mapping.categories, compiler.categories(mapping.categories, "categories"));
  const price = compiler.orOmit(mapping.price, compiler.money(mapping.price, "price"));
  const specialPrice = compiler.orOmit(mapping.specialPrice, compiler.money(mapping.specialPrice, "specialPrice"));
  const specialPriceFrom = text("specialPriceFrom");
  const specialPriceTo = text("specialPriceTo");
  const stock = text("stock");
  const attributes = compiler.attributes(mapping.attributes ?? {});
  const images = compiler.orOmit(mapping.images, compiler.images(mapping.images, "images"));
  const barcode = text("barcode");
  const weight = compiler.orOmit(mapping.weight, compiler.weight(mapping.weight, "weight"));
  const status = text("status");
  const parent = text("parentSku");
  const parentSku = compiler.reference(mapping.parentSku, parent);
  const { columnOf } = compiler;
  columnOf.set("sku", file.key);
  const specialPriceColumn = columns.get(columnOf.get("specialPrice") ?? "");
  const omitsSpecialPrice = isOmitted(mapping.specialPrice);
  const attributesOfColumns = file.unknownColumns === "attributes";

  // One statement a field, not a loop over fields: stores by a constant name are what the engine makes fast.
  const toProduct: ToProduct = (key, cells, extra, notes) => {
    const product: Product = { sku: key };
    const ofName = name(cells, notes);
    if (ofName !== undefined) product.name = ofName;
    const ofDescription = description(cells, notes);
    if (ofDescription !== undefined) product.description = ofDescription;
    const ofShortDescription = shortDescription(cells, notes);
    if (ofShortDescription !== undefined) product.shortDescription = ofShortDescription;
    const ofBrand = brand(cells, notes);
    if (ofBrand !== undefined) product.brand = ofBrand;
    const ofCategories = categories(cells, notes);
    if (ofCategories !== undefined) product.categories = ofCategories;
    const ofPrice = price(cells, notes);
    if (ofPrice !== undefined) {
      product.price = ofPrice.amount;
      product.currency = ofPrice.currency;
    }
    const ofSpecialPrice = specialPrice(cells, notes);
    if (ofSpecialPrice !== undefined) {
      product.specialPrice = ofSpecialPrice.amount;
      product.currency ??= ofSpecialPrice.currency;
      if (product.currency !== ofSpecialPrice.currency) {
        const errors = notes.errors.length;
        notes.errors.push(otherCurrency(specialPriceColumn!, cells, ofSpecialPrice.currency, product.currency));
        if (omitsSpecialPrice && notes.omit(errors)) delete product.specialPrice;
      }
    }
    const from = specialPriceFrom(cells, notes);
    if (from !== undefined) product.specialPriceFrom = from;
    const to = specialPriceTo(cells, notes);
    if (to !== undefined) product.specialPriceTo = to;
    const ofStock = stock(cells, notes);
    if (ofStock !== undefined) product.stock = ofStock;
    const ofAttributes = attributes(cells, notes);
    const allAttributes = extra === undefined ? ofAttributes : { ...extra, ...ofAttributes };
    if (allAttributes !== undefined) product.attributes = allAttributes;
    const ofImages = images(cells, notes);
    if (ofImages !== undefined) product.images = ofImages;
    const ofBarcode = barcode(cells, notes);
    if (ofBarcode !== undefined) product.barcode = ofBarcode;
    const ofWeight = weight(cells, notes);
    if (ofWeight !== undefined) product.weight = ofWeight;
    const ofStatus = status(cells, notes);
    if (ofStatus !== undefined) product.status = ofStatus as NonNullable<Product["status"]>;
    const ofParent = parentSku(cells, notes);
    if (ofParent !== undefined) product.parentSku = ofParent;
    return product;
  };
  return {
    toProduct,
    columnOf: (field) =>
      columnOf.get(field) ?? (attributesOfColumns && !isMapped(mapping, field) ? attributeOf(field) : undefined),
  };
}

/** Whether the mapping says where a product field comes from; the currency comes with the price. */
export function isMapped(mapping: MappingSettings, field: string): boolean {
  const attribute = attributeOf(field);
  if (attribute !== undefined) return Object.hasOwn(mapping.attributes ?? {}, attribute);
  if (field === "currency") return mapping.price !== undefined || mapping.specialPrice !== undefined;
  return field === "sku" || Object.hasOwn(mapping, field);
}

type TextField = {
  [F in keyof FeedFile["mapping"]]-?: FeedFile["mapping"][F] extends TextSource | undefined ? F : never;
}[keyof FeedFile["mapping"]];

const nothing = (): undefined => undefined;

class MappingCompiler {
  readonly columnOf = new Map<string, string>();
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #fault: NoteFault;

  constructor(columns: ReadonlyMap<string, Column>, fault: NoteFault) {
    this.#columns = columns;
    this.#fault = fault;
  }

  /** A field that holds text: a yes or no cannot be in it; a list can only where the cell is joined or split. */
  text(source: TextSource | undefined, field: string): Read<string> {
    if (source === undefined) return nothing;
    const path = pointer("mapping", field);
    const read = this.#value(source, field, path);
    const column = this.#only(source);
    if (column && column.holds !== "text" && column.holds !== "any" && !hasWords(source)) {
      this.#fault(
        path,
        `${field} is text and the column "${column.name}" holds a ${column.holds}: use words, or map it to an attribute`,
      );
    }
    if (typeof source === "object" && typeof source.constant === "boolean") {
      this.#fault(`${path}/constant`, `${field} is text: put the constant into quotes`);
    }
    if (column?.holds !== "any") return this.orOmit(source, read as Read<string>);
    return this.orOmit(source, (cells, notes) => asText(read(cells, notes)));
  }

  /** A field that names another product: its key is cleaned as that product's own is. */
  reference(source: TextSource | undefined, read: Read<string>): Read<string> {
    if (source === undefined) return nothing;
    const column = columnsOf(source)[0] ?? "parentSku";
    return this.orOmit(source, (cells, notes) => {
      const text = read(cells, notes);
      if (text === undefined) return undefined;
      const key = cleanKey(text);
      const problem = keyProblem(key);
      if (problem !== undefined) notes.errors.push(badCell("BAD_KEY", column, text, problem));
      else if (key !== text) notes.warn({ code: "KEY_CLEANED", column, value: text, became: key });
      return key === "" ? undefined : key;
    });
  }

  /** The field, or nothing where it cannot be read and the feed leaves it out then. */
  orOmit<T>(source: Source | undefined, read: Read<T>): Read<T> {
    if (source === undefined || !isOmitted(source)) return read;
    const indexes = columnsOf(source).map((name) => this.#columns.get(name)?.index);
    return (cells, notes) => {
      if (notes.unreadable?.some((index) => indexes.includes(index))) return undefined;
      const errors = notes.errors.length;
      const value = read(cells, notes);
      return notes.omit(errors) ? undefined : value;
    };
  }

  attributes(sources: Record<string, TextSource>): Read<NonNullable<Product["attributes"]>> {
    const all = Object.entries(sources).map(([name, source]) => {
      if (name === "__proto__" || name.trim() === "")
        this.#fault(pointer("mapping", "attributes", name), "no attribute can have this name");
      const read = this.#value(source, `attributes.${name}`, pointer("mapping", "attributes", name));
      return { name, read: this.orOmit(source, read) };
    });
    if (all.length === 0) return nothing;
    return (cells, notes) => {
      let attributes: NonNullable<Product["attributes"]> | undefined;
      for (const { name, read } of all) {
        const value = read(cells, notes);
        if (value !== undefined) (attributes ??= {})[name] = value as string | boolean | string[];
      }
      return attributes;
    };
  }

  money(source: MoneySource | undefined, field: string): Read<Money> {
    if (source === undefined) return nothing;
    const path = pointer("mapping", field);
    const amount = this.#textColumn(source.from, field, `${path}/from`);
    const named =
      source.currencyFrom === undefined
        ? undefined
        : this.#textColumn(source.currencyFrom, "currency", `${path}/currencyFrom`);
    if (source.currency !== undefined && source.currencyFrom !== undefined) {
      this.#fault(path, "give the currency or the column that names it, not both");
    }
    if (source.currency !== undefined && !isCurrency(source.currency)) {
      this.#fault(`${path}/currency`, `"${source.currency}" is not a currency of ISO 4217`);
    }
    if (!amount) return nothing;
    const { index, name: column } = amount;
    const { decimal = "." } = source;
    const todo = named === undefined ? undefined : `fill in the column "${named.name}"`;
    return (cells, notes) => {
      const text = asText(cells[index]);
      if (text === undefined) return undefined;
      let currency = source.currency;
      if (named !== undefined) {
        const word = asText(cells[named.index]);
        currency = word?.trim().toUpperCase();
        if (word !== undefined && !isCurrency(currency!)) {
          const problem = "which is not a currency: use a code of ISO 4217, like EUR.";
          notes.errors.push(badCell("BAD_MONEY", named.name, word, problem));
          return undefined;
        }
      }
      const money = readMoney(text, currency, decimal, todo);
      if ("amount" in money) {
        if (money.amount !== text) tellGrouped(column, text, decimal, money.amount, notes);
        return money;
      }
      notes.errors.push(badCell("BAD_MONEY", column, text, money.problem));
      return undefined;
    };
  }

  weight(source: WeightSource | undefined, field: string): Read<Weight> {
    if (source === undefined) return nothing;
    const path = pointer("mapping", field);
    const measure = this.#textColumn(source.from, field, `${path}/from`);
    const named =
      source.unitFrom === undefined ? undefined : this.#textColumn(source.unitFrom, undefined, `${path}/unitFrom`);
    if (source.unit !== undefined && source.unitFrom !== undefined) {
      this.#fault(path, "give the unit or the column that names it, not both");
    }
    if (!measure) return nothing;
    const { index, name: column } = measure;
    const { decimal = "." } = source;
    return (cells, notes) => {
      const text = asText(cells[index]);
      if (text === undefined) return undefined;
      let { unit } = source;
      const word = named === undefined ? undefined : asText(cells[named.index]);
      if (named !== undefined && word !== undefined) {
        unit = unitOf(word);
        if (unit === undefined) {
          notes.errors.push(
            badCell("BAD_MEASURE", named.name, word, "which is no unit of weight: use g, kg, oz or lb."),
          );
          return undefined;
        }
      }
      const weight = readWeight(text, unit, decimal);
      if (weight === undefined) {
        const like = unit === undefined ? `1${decimal}2 kg` : `1${decimal}2, or 1${decimal}2 ${unit}`;
        notes.errors.push(
          badCell("BAD_MEASURE", column, text, `which is not a weight in g, kg, oz or lb: write it like ${like}.`),
        );
      } else if (weight.value !== text) {
        tellGrouped(column, text, decimal, weight.value, notes);
      }
      return weight;
    };
  }

  categories(source: CategoriesSource | undefined, field: string): Read<string[][]> {
    if (source === undefined) return nothing;
    const { from, levels, paths }: Exclude<CategoriesSource, string> =
      typeof source === "string" ? { from: source } : source;
    const at = pointer("mapping", field);
    const column = this.#column(from, field, typeof source === "string" ? at : `${at}/from`);
    if (!column) return nothing;
    const { index } = column;
    const splitPaths = paths === undefined ? undefined : splitAt(paths);
    const splitLevels = levels === undefined ? undefined : splitAt(levels);
    return (cells) => {
      const cell = cells[index] ?? null;
      if (cell === null) return undefined;
      const all = partsOf(cell, splitPaths);
      if (all === undefined) return undefined;
      if (splitLevels === undefined) return all.map((path) => [path]);
      const found: string[][] = [];
      for (const path of all) {
        const names = itemsOf(path, splitLevels);
        if (names !== null) found.push(names);
      }
      return found.length > 0 ? found : undefined;
    };
  }

  images(source: ImagesSource | undefined, field: string): Read<string[]> {
    if (source === undefined) return nothing;
    const { from, split, prefix }: Exclude<ImagesSource, string> =
      typeof source === "string" ? { from: source } : source;
    const at = pointer("mapping", field);
    const names = typeof from === "string" ? [from] : from;
    const indexes = names.map((name, position) => {
      const path = typeof source === "string" ? at : typeof from === "string" ? `${at}/from` : `${at}/from/${position}`;
      return this.#column(name, position === 0 ? field : undefined, path)?.index ?? -1;
    });
    const splitImages = split === undefined ? undefined : splitAt(split);
    return (cells, notes) => {
      let images: string[] | undefined;
      let imagesFrom: string[] | undefined;
      for (let i = 0; i < indexes.length; i++) {
        const cell = cells[indexes[i]!] ?? null;
        const found = cell === null ? undefined : partsOf(cell, splitImages);
        if (found === undefined) continue;
        images = images === undefined ? [...found] : [...images, ...found];
        // Which column an image came from is only a question where there are several.
        if (names.length > 1) (imagesFrom ??= []).push(...found.map(() => names[i]!));
      }
      if (imagesFrom !== undefined) notes.imagesFrom = imagesFrom;
      if (images === undefined || prefix === undefined) return images;
      return images.map((image) => (isAbsolute(image) ? image : prefix + image));
    };
  }

  /** What a text source gives, unconverted. */
  #value(source: TextSource, field: string, path: string): Read<Cell> {
    if (typeof source === "string") return this.#copy(source, field, path);
    this.#checkForm(source, path);
    if (source.constant !== undefined) {
      const { constant } = source;
      return () => constant;
    }
    if (source.join !== undefined) return this.#join(source.join, source.with ?? " ", field, path);
    if (source.from === undefined) return nothing;
    if (source.split !== undefined) return this.#part(source.from, source.split, source.part ?? 1, field, path);
    if (source.words !== undefined) return this.#words(source.from, source.words, source.otherwise, field, path);
    return this.#copy(source.from, field, `${path}/from`);
  }

  #checkForm(source: Exclude<TextSource, string>, path: string): void {
    const given = (["from", "join", "constant"] as const).filter((name) => source[name] !== undefined);
    if (given.length !== 1) {
      this.#fault(
        path,
        `give exactly one of from, join, constant (${given.length === 0 ? "none is there" : given.join(" and ") + " are there"})`,
      );
    }
    const needs: [keyof typeof source, keyof typeof source][] = [
      ["split", "from"],
      ["words", "from"],
      ["part", "split"],
      ["split", "part"],
      ["otherwise", "words"],
      ["with", "join"],
    ];
    if (source.else !== undefined && source.constant !== undefined)
      this.#fault(`${path}/else`, "a constant can always be read");
    for (const [name, needed] of needs) {
      if (source[name] !== undefined && source[needed] === undefined)
        this.#fault(path, `${name} needs ${needed} beside it`);
    }
    if (source.split !== undefined && source.words !== undefined)
      this.#fault(path, "split and words cannot stand together");
    if (source.part === 0) this.#fault(`${path}/part`, "parts count from 1, or from -1 at the end");
  }

  #copy(name: string, field: string, path: string): Read<Cell> {
    const column = this.#column(name, field, path);
    if (!column) return nothing;
    const { index } = column;
    return (cells) => cells[index] ?? undefined;
  }

  #join(names: readonly string[], separator: string, field: string, path: string): Read<string> {
    const indexes = names.map(
      (name, position) =>
        this.#column(name, position === 0 ? field : undefined, `${path}/join/${position}`)?.index ?? -1,
    );
    return (cells) => {
      let joined: string | undefined;
      for (const index of indexes) {
        const text = asText(cells[index]);
        if (text !== undefined) joined = joined === undefined ? text : joined + separator + text;
      }
      return joined;
    };
  }

  #part(name: string, separator: string, part: number, field: string, path: string): Read<string> {
    const column = this.#textColumn(name, field, `${path}/from`);
    if (!column) return nothing;
    const split = splitAt(separator);
    return (cells) => {
      const text = asText(cells[column.index]);
      const parts = text === undefined ? undefined : split(text);
      const found = parts?.at(part > 0 ? part - 1 : part)?.trim();
      return found === "" ? undefined : found;
    };
  }

  #words(
    name: string,
    words: Record<string, string>,
    otherwise: string | undefined,
    field: string,
    path: string,
  ): Read<string> {
    const column = this.#column(name, field, `${path}/from`);
    if (!column) return nothing;
    const table = new Map(Object.entries(words));
    const problem = `which is none of the feed's words (${quoteAll([...table.keys()])}): use one of these.`;
    return (cells, notes) => {
      const text = asText(cells[column.index]);
      if (text === undefined) return undefined;
      const meaning = table.get(text) ?? otherwise;
      if (meaning === undefined) notes.errors.push(badCell("INVALID_PRODUCT", column.name, text, problem));
      return meaning;
    };
  }

  /** Finds a column, and notes that the field comes from it. */
  #column(name: string, field: string | undefined, path: string): Column | undefined {
    const column = findColumn(this.#columns, name, path, this.#fault);
    if (column && field !== undefined) this.columnOf.set(field, name);
    return column;
  }

  #textColumn(name: string, field: string | undefined, path: string): Column | undefined {
    const column = this.#column(name, field, path);
    if (column && column.holds !== "text" && column.holds !== "any") {
      this.#fault(path, `the column "${name}" holds a ${column.holds} where text is needed`);
    }
    return column;
  }

  #only(source: TextSource): Column | undefined {
    const name = typeof source === "string" ? source : source.from;
    return name === undefined ? undefined : this.#columns.get(name);
  }
}

function hasWords(source: TextSource): boolean {
  return typeof source === "object" && source.words !== undefined;
}

/** A cell as text: a yes or no by its name, a list with commas. Undefined where there is nothing. */
function asText(cell: Cell | undefined): string | undefined {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return undefined;
  return typeof cell === "boolean" ? String(cell) : cell.join(", ");
}

/** The items of a cell: those of a list, or of text that is split where the feed says so. */
function partsOf(cell: string | boolean | readonly string[], split: Split | undefined): readonly string[] | undefined {
  if (typeof cell === "string") return split === undefined ? [cell] : (itemsOf(cell, split) ?? undefined);
  return typeof cell === "boolean" ? [String(cell)] : cell;
}

function tellGrouped(column: string, value: string, decimal: "." | ",", became: string, notes: Notes): void {
  if (isGroupedOnce(value, decimal)) notes.warn({ code: "NUMBER_GROUPED", column, value, became });
}

function isAbsolute(reference: string): boolean {
  return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(reference);
}

function otherCurrency({ name, index }: Column, cells: Cells, found: string, expected: string): RecordError {
  const problem = `which is in ${found} where the price is in ${expected}: use one currency for both.`;
  return badCell("BAD_MONEY", name, asText(cells[index]) ?? "", problem);
}
