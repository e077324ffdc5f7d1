import { shownName } from "#csv/columns.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import { isCurrency } from "#feeds/money.ts";
import { unitOf } from "#feeds/weight.ts";
import { quote, quoteAll } from "#feeds/bad-cell.ts";
import type { CleansingStep } from "#feeds/feed.ts";
import { Draft, type Setting } from "./draft.ts";
import { planFamilies, type PlannedFamily } from "./draft-families.ts";
import { familiesOf, type Family } from "./families.ts";
import { meantFields, plainName, suggestedFields, type SuggestedField } from "./field-names.ts";
import { findKey } from "./key-column.ts";
import { currencyOf, isGtin, profilesOf, type Profile } from "./profile.ts";
import { isLocaleColumn, isOption } from "./option-names.ts";
import { findGroups, type RowGroups } from "./row-groups.ts";
import type { Sample } from "./sample.ts";
import { categorySeparators, imageSeparator, listSeparator } from "./separators.ts";
import { flagWords, listWords, statusWords, taxWords, weightUnits } from "./words.ts";

/** What a draft may be made of, beside a column for each field. */
export interface Shapes {
  /** Records of several rows, with variants. */
  readonly groups: boolean;
  /** Columns by pattern. */
  readonly patterns: boolean;
}

/** Makes a feed of what the first rows of a file show. */
export function draftOf(sample: Sample, file: string, catalog: string | undefined, shapes: Shapes): Draft {
  const draft = new Draft({
    $schema: "../feed.schema.json",
    description: `Suggested from ${file}.`,
    catalog: catalog ?? "products",
    ...(Object.keys(sample.declare).length > 0 && { dialect: { ...sample.declare } }),
    key: "",
    columns: {},
    mapping: {},
  });
  if (catalog === undefined)
    draft.doubt('No catalog was named: "products" was taken; feeds share products exactly if they share a catalog.');
  if (sample.headless) {
    draft.feed.dialect = { ...draft.feed.dialect, columns: [...sample.names] };
    draft.doubt(
      `The file has no header: its columns were named ${quote(sample.names[0]!)} to ${quote(sample.names.at(-1)!)}; give them names in dialect.columns, and wherever the feed has them.`,
    );
  }
  new Drafter(draft, sample, shapes).run();
  return draft;
}

/** Columns that a feed can declare: those of a name of their own. */
export function usableProfiles({ names, rows }: Sample, draft: Draft): Profile[] {
  // As a person reads them: so the feed finds them in every file, with or without what does not show.
  const shown = names.map(shownName);
  const profiles = profilesOf(shown, rows);
  const usable: Profile[] = [];
  for (const profile of profiles) {
    const { name, index, values } = profile;
    if (name === "") {
      if (values.length > 0)
        draft.doubt(
          `Column ${index + 1} has no name and has ${quote(values[0]!)} in it: the file would be rejected; name the column, or empty it.`,
        );
    } else if (shown.indexOf(name) !== shown.lastIndexOf(name)) {
      draft.doubt(
        `Several columns are named ${quote(name)}: the feed leaves them out; rename them in the file, if they are needed.`,
      );
    } else if (!(bookkeepingColumns as readonly string[]).includes(name) && name !== "__proto__") usable.push(profile);
  }
  return usable;
}

class Drafter {
  readonly #draft: Draft;
  readonly #sample: Sample;
  readonly #profiles: readonly Profile[];
  readonly #taken = new Map<SuggestedField, Profile>();
  readonly #used = new Set<Profile>();
  /** The decimal sign of the numbers of the file that only one sign can read. */
  readonly #sign: { readonly sign: "." | ","; readonly column: string } | undefined;

  readonly #groups: RowGroups | undefined;
  readonly #families: readonly Family[];
  /** The columns of families that were given a meaning as a whole. */
  readonly #planned = new Map<Profile, PlannedFamily>();
  /** Whether rows of a group are variants. */
  #hasVariants = false;

  constructor(draft: Draft, sample: Sample, shapes: Shapes) {
    this.#draft = draft;
    this.#sample = sample;
    this.#profiles = usableProfiles(sample, draft);
    const groups = findGroups(this.#profiles);
    this.#groups = shapes.groups ? groups : undefined;
    this.#families = shapes.patterns ? familiesOf(this.#profiles) : [];
    if (groups && !shapes.groups)
      draft.doubt(
        `A product stands in several rows, those with the same cell in column ${quote(groups.column.name)}: the feed takes each row for a product of its own.`,
      );
    const signed = this.#profiles.filter(({ numbers }) => numbers?.sign !== undefined);
    const comma = signed.filter(({ numbers }) => numbers!.sign === ",");
    const most = comma.length * 2 > signed.length ? comma : signed.filter((profile) => !comma.includes(profile));
    this.#sign = most[0] && { sign: most[0].numbers!.sign!, column: most[0].name };
  }

  run(): void {
    this.#chooseKey();
    this.#planFamilies();
    this.#chooseByName();
    this.#chooseByCells();
    this.#nameFromDescription();
    // In the order of the file, as a person would write them.
    const fieldOf = new Map([...this.#taken].map(([field, taken]) => [taken, field]));
    for (const profile of this.#profiles) {
      const planned = this.#planned.get(profile);
      const field = fieldOf.get(profile);
      if (planned?.family.members[0]!.profile === profile) planned.write();
      else if (planned) continue;
      else if (field !== undefined) this.#field(field, profile);
      else if (profile.name === this.#draft.feed.rows?.group)
        this.#draft.column(profile.name, profile.padded ? ["trim"] : []);
      else if (!this.#ofVariants(profile)) this.#attribute(profile);
    }
    this.#writeVariants();
    this.#translateRows();
    this.#orderMapping();
    this.#tellEmpty();
  }

  #chooseKey(): void {
    const { feed } = this.#draft;
    if (this.#groups) {
      const { name } = this.#groups.column;
      feed.rows = { group: name };
      feed.key = name;
      this.#take("sku", this.#groups.column);
      this.#draft.doubt(
        `Rows with the same cell in column ${quote(name)} were taken for one product, and that cell for its key.`,
      );
      return;
    }
    const key = findKey(this.#profiles, this.#sample.rows.length);
    this.#draft.doubt(...key.doubts);
    const profile = this.#profiles.find(({ name }) => name === key.columns[0])!;
    feed.key = profile.name;
    this.#take("sku", profile);
  }

  #planFamilies(): void {
    this.#hasVariants =
      this.#groups !== undefined && (this.#variantKey() !== undefined || this.#optionColumns().length > 0);
    const planned = planFamilies(
      this.#families.filter(({ members }) => !members.some(({ profile }) => this.#used.has(profile))),
      {
        draft: this.#draft,
        take: (field, profile) => {
          this.#take(field, profile);
        },
        isTaken: (field) => this.#taken.has(field),
        money: (profile) => this.#money(profile),
        hasVariants: this.#hasVariants,
      },
    );
    for (const one of planned)
      for (const { profile } of one.family.members) {
        this.#planned.set(profile, one);
        this.#used.add(profile);
      }
  }

  /** Whether a cell of a column stands in every record. */
  #always({ cells }: Profile): boolean {
    const { first } = this.#groups ?? {};
    return cells.every((cell, index) => cell !== "" || first?.[index] === false);
  }

  /** Whether a column is filled in rows behind the first of a group. */
  #goesOn({ cells }: Profile): boolean {
    const { first = [] } = this.#groups ?? {};
    const follows = cells.filter((_, index) => !first[index]);
    return follows.filter((cell) => cell !== "").length >= Math.max(1, follows.length * 0.2);
  }

  /** The column that holds the key of a variant. */
  #variantKey(): Profile | undefined {
    const ofKeys = this.#profiles.filter(
      (profile) =>
        profile !== this.#groups?.column &&
        meantFields(profile.name).some(({ field }) => field === "sku") &&
        (/sku/i.test(profile.name) || this.#goesOn(profile)),
    );
    const rank = ({ name }: Profile): number =>
      meantFields(name).find(({ field }) => field === "sku")?.rank ?? Infinity;
    return ofKeys.sort((a, b) => Number(/sku/i.test(b.name)) - Number(/sku/i.test(a.name)) || rank(a) - rank(b))[0];
  }

  /** The columns that hold the values of options, in the order of the file. */
  #optionColumns(): Profile[] {
    const ofPairs = this.#families.filter(
      ({ word, before, after }) =>
        word === "n" && /\boption\b/.test(plainName(before)) && /\bvalues?\b/.test(plainName(after)),
    );
    const values = ofPairs.flatMap(({ members }) => members.map(({ profile }) => profile));
    return values.length > 0
      ? values
      : this.#profiles.filter((profile) => isOption(profile.name) && this.#goesOn(profile));
  }

  /** Takes a column that says something else in each row for one of the variants; whether it is one. */
  #ofVariants(profile: Profile): boolean {
    if (!this.#hasVariants) return false;
    const { name } = profile;
    if (profile === this.#variantKey()) {
      this.#draft.column(name, profile.padded ? ["trim"] : []);
      return true;
    }
    if (this.#optionColumns().includes(profile)) {
      this.#draft.column(name, ["trim"]);
      const options = (this.#draft.feed.mapping["variants"] as { options?: object } | undefined)?.options;
      this.#draft.part("variants", "options", { ...options, [name]: name });
      return true;
    }
    if (
      meantFields(name).some(({ field }) => field === "images") &&
      imageSeparator(profile.values) !== undefined &&
      profile.values.length > 0
    ) {
      this.#draft.column(name, ["trim"]);
      this.#draft.part("variants", "images", name);
      return true;
    }
    return false;
  }

  /** Maps a field, of the variants where each row has its own. */
  #put(field: string, profile: Profile, source: Setting): void {
    const own = this.#hasVariants && (this.#goesOn(profile) || /variant/i.test(profile.name));
    if (own) this.#draft.part("variants", field, source);
    else this.#draft.map(field, source);
  }

  #writeVariants(): void {
    const { mapping } = this.#draft.feed;
    if (!this.#hasVariants) return;
    const key = this.#variantKey();
    const options = this.#optionColumns();
    const [price] = [this.#taken.get("price")];
    // A row that only goes on with images is no variant: it has no price.
    const when =
      price && price.values.length > 0 && price.values.length < price.cells.length
        ? { when: { column: price.name } }
        : {};
    const joined = { join: [this.#groups!.column.name, ...options.map(({ name }) => name)], with: "-" };
    const whole =
      key !== undefined &&
      key.values.length > 0 &&
      key.cells.every((cell, index) => cell !== "" || (price ? price.cells[index] === "" : true));
    const sku: Setting = whole ? key.name : key ? { firstOf: [key.name, joined] } : joined;
    if (!whole)
      this.#draft.doubt(
        `${key ? `Column ${quote(key.name)} is blank in some rows` : "No column holds a key of variants"}: there it was made of ${quoteAll(joined.join)}, joined by "-".`,
      );
    mapping["variants"] = { ...when, sku, ...(mapping["variants"] as object | undefined) };
  }

  /** Rows of a group that name a language hold its translations. */
  #translateRows(): void {
    const column =
      this.#groups &&
      this.#profiles.find(
        (profile) => isLocaleColumn(profile.name) && this.#goesOn(profile) && profile.cells.some((cell) => cell === ""),
      );
    if (!column) return;
    const { mapping } = this.#draft.feed;
    const texts = (["name", "description", "shortDescription"] as const).filter(
      (field) => typeof mapping[field] === "string",
    );
    if (texts.length === 0) return;
    mapping["translations"] = {
      locale: column.name,
      ...Object.fromEntries(texts.map((field) => [field, mapping[field]])),
    };
    const attributes = mapping["attributes"] as Record<string, unknown> | undefined;
    if (attributes) Reflect.deleteProperty(attributes, column.name);
    this.#draft.doubt(
      `Rows with something in column ${quote(column.name)} were taken for translations of the product above.`,
    );
  }

  #take(field: SuggestedField, profile: Profile): void {
    this.#taken.set(field, profile);
    this.#used.add(profile);
  }

  #chooseByName(): void {
    const candidates = this.#profiles.flatMap((profile) =>
      meantFields(profile.name).map(({ field, rank }) => ({ profile, field, rank })),
    );
    candidates.sort((a, b) => a.rank - b.rank || a.profile.index - b.profile.index);
    for (const { profile, field } of candidates) {
      if (this.#used.has(profile) || field === "sku") continue;
      const other = this.#taken.get(field);
      if (other !== undefined) {
        if (field === "price" || field === "stock" || field === "weight" || field === "name" || field === "barcode")
          this.#draft.doubt(
            `Column ${quote(other.name)} was taken for the ${field}; ${quote(profile.name)} may be meant as well, and became an attribute.`,
          );
        continue;
      }
      if (this.#fits(field, profile)) this.#take(field, profile);
    }
  }

  /** What can be told by the cells alone, where no name has told it. */
  #chooseByCells(): void {
    const left = () => this.#profiles.filter((profile) => !this.#used.has(profile) && profile.values.length > 0);
    if (!this.#taken.has("barcode")) {
      const found = left().find(
        ({ values }) =>
          values.length > 2 &&
          values.filter(isGtin).length >= values.length * 0.95 &&
          values.some((text) => text.length > 8),
      );
      if (found) this.#takeByCells("barcode", found, "its cells are barcodes with right check digits");
    }
    if (!this.#taken.has("images")) {
      const found = left().find(
        ({ values }) =>
          imageSeparator(values) !== undefined && values.some((text) => /\.(?:jpe?g|png|webp|gif|avif)\b/i.test(text)),
      );
      if (found) this.#takeByCells("images", found, "its cells are references to images");
    }
  }

  #takeByCells(field: SuggestedField, profile: Profile, why: string): void {
    this.#take(field, profile);
    this.#draft.doubt(`Column ${quote(profile.name)} was taken for the ${field}, since ${why}.`);
  }

  /** Some files call a product's name its description. */
  #nameFromDescription(): void {
    const description = this.#taken.get("description");
    if (this.#taken.has("name")) return;
    const lengths = description?.values.map((text) => text.length) ?? [];
    if (description && !description.html && Math.max(...lengths, 0) <= 150) {
      this.#taken.delete("description");
      this.#take("name", description);
      this.#draft.doubt(
        `No column is named like a name: ${quote(description.name)} was taken for it, since its texts are short.`,
      );
      return;
    }
    const short = this.#taken.get("shortDescription");
    if (short && !short.html && this.#always(short)) {
      this.#taken.delete("shortDescription");
      this.#take("name", short);
      this.#draft.doubt(`No column is named like a name: ${quote(short.name)} was taken for it.`);
      return;
    }
    this.#draft.doubt("No column is named like a product's name: map one to name, if there is one.");
  }

  /** Whether the cells of a column can be what its name says. */
  #fits(field: SuggestedField, profile: Profile): boolean {
    const { values, numbers, distinct, dates, flags, name } = profile;
    if (values.length === 0) return true;
    const most = (fits: (text: string) => boolean): boolean => values.filter(fits).length >= values.length * 0.9;
    const refuse = (why: string): false => {
      this.#draft.doubt(`Column ${quote(name)} is named like the ${field} and became an attribute, since ${why}.`);
      return false;
    };
    switch (field) {
      case "price":
      case "specialPrice":
        if (numbers && !numbers.negative) return true;
        return refuse(
          `its cells, like ${quote(numbers?.bad ?? values.find((text) => !/^\d+(?:[.,]\d+)?$/.test(text)) ?? values[0]!)}, are no amounts`,
        );
      case "stock":
        if (numbers?.whole && numbers.bare) return true;
        if (flags || !numbers) return false;
        return refuse(
          `its cells, like ${quote(values.find((text) => !/^-?\d+$/.test(text)) ?? values[0]!)}, are no whole units`,
        );
      case "barcode":
        return most((text) => /^\d{8,14}$/.test(text)) || refuse(`its cells, like ${quote(values[0]!)}, are no digits`);
      case "weight":
        return (
          Boolean(numbers && !numbers.negative && [...numbers.marks].every((mark) => unitOf(mark) !== undefined)) ||
          refuse(`its cells, like ${quote(values[0]!)}, are no weights in g, kg, oz or lb`)
        );
      case "images":
        return imageSeparator(values) !== undefined;
      case "status":
        return (
          this.#statusFits(profile) ||
          (distinct.size <= 10 && refuse(`it is not known what ${quoteAll(unknownStatus(distinct))} mean`))
        );
      case "specialPriceFrom":
      case "specialPriceTo":
        if (dates?.forms.length === 1) return true;
        return refuse(
          dates?.ambiguous === undefined
            ? `its cells, like ${quote(values[0]!)}, are dates of no form that is known`
            : `${quote(dates.ambiguous)} may be ${dates.forms.join(" or ")}`,
        );
      case "currency":
        return values.every((text) => isCurrency(text.toUpperCase()));
      case "weightUnit":
        return values.every((text) => unitOf(text) !== undefined);
      case "name":
      case "description":
      case "shortDescription":
        return (!numbers || numbers.bad !== undefined) && !dates && !flags;
      case "brand":
        return !dates && !numbers?.whole;
      case "categories":
        return !dates && !flags;
      case "parentSku":
        return !dates;
      case "sku":
        return false;
    }
  }

  #statusFits({ distinct, flags }: Profile): boolean {
    if (flags?.digits && distinct.size < 2) return [...distinct].every((word) => word === "1" || word === "0");
    return unknownStatus(distinct).length === 0;
  }

  #field(field: SuggestedField, profile: Profile): void {
    const draft = this.#draft;
    const { name } = profile;
    switch (field) {
      case "sku":
        draft.column(name, [
          ...(profile.values.some((text) => text.startsWith("'")) ? (["textMark"] as const) : []),
          ...(profile.padded ? (["trim"] as const) : []),
        ]);
        return;
      case "name":
        draft.column(name, textSteps(profile, true), profile.values.length > 0);
        draft.map("name", name);
        if (this.#always(profile)) (draft.feed.validators ??= {}).required = ["name"];
        this.#tellHtml(profile);
        return;
      case "description":
      case "shortDescription":
        draft.column(name, textSteps(profile));
        draft.map(field, name);
        this.#tellHtml(profile);
        return;
      case "brand":
        draft.column(name, ["trim"]);
        draft.map("brand", name);
        return;
      case "parentSku":
        draft.column(name, profile.padded ? ["trim"] : []);
        draft.map("parentSku", name);
        this.#tellParents(profile);
        return;
      case "price":
        draft.column(name, ["trim"], profile.values.length > 0);
        this.#put("price", profile, this.#money(profile));
        this.#tellTax(profile);
        return;
      case "specialPrice":
        draft.column(name, ["trim"]);
        this.#put("specialPrice", profile, this.#money(profile));
        return;
      case "specialPriceFrom":
      case "specialPriceTo":
        draft.column(name, ["trim", ...(profile.dates ? [{ date: profile.dates.forms[0]! }] : [])]);
        draft.map(field, name);
        return;
      case "stock":
        draft.column(name, ["trim"]);
        this.#put("stock", profile, name);
        return;
      case "barcode":
        draft.column(name, ["trim"]);
        this.#put("barcode", profile, name);
        this.#checkBarcodes(profile);
        return;
      case "weight":
        draft.column(name, ["trim"]);
        this.#put("weight", profile, this.#weight(profile));
        return;
      case "images":
        this.#images(profile);
        return;
      case "categories":
        this.#categories(profile);
        return;
      case "status":
        this.#status(profile);
        return;
      case "currency":
      case "weightUnit": {
        draft.column(name, ["trim"]);
        const reads = field === "currency" ? ["price", "specialPrice"] : ["weight"];
        if (!reads.some((read) => this.#taken.has(read as SuggestedField))) draft.attribute(name, name);
        return;
      }
    }
  }

  #money(profile: Profile): Setting {
    const { name, numbers } = profile;
    const decimal = this.#decimal(profile);
    const from = { from: name, ...(decimal === "," && { decimal }) };
    const column = this.#taken.get("currency");
    if (column && column.values.length > 0) return { ...from, currencyFrom: column.name };
    const named = currencyInName(name);
    if (named !== undefined) return { ...from, currency: named };
    const marks = numbers?.marks ?? new Set<string>();
    const marked = currencyOf(marks);
    if (marked !== undefined) return { ...from, currency: marked };
    if (marks.size > 1 && numbers && [...marks].every((mark) => currencyOf([mark]) !== undefined)) {
      this.#draft.doubt(
        `Column ${quote(name)} has amounts in several currencies: each is taken from its cell, and a cell without one fails.`,
      );
      return from;
    }
    const dollar = [...marks].some((mark) => mark.includes("$"));
    const assumed = dollar ? "USD" : "EUR";
    const unclear = [...marks].find((mark) => currencyOf([mark]) === undefined);
    const why =
      unclear !== undefined
        ? `Column ${quote(name)} has ${quote(unclear)} beside amounts, which does not name one currency`
        : "No currency is in the file";
    this.#draft.doubt(`${why}: ${assumed} was assumed; write the right one in the mapping of the prices.`);
    return { ...from, currency: assumed };
  }

  /** The decimal sign of a column, with a doubt where its cells do not tell it. */
  #decimal({ name, numbers }: Profile): "." | "," {
    if (!numbers) return this.#sign?.sign ?? ".";
    const { sign, ambiguous, otherSign } = numbers;
    const other = sign === "," ? "point" : "comma";
    if (otherSign !== undefined)
      this.#draft.doubt(
        `Column ${quote(name)} has a decimal ${sign === "," ? "comma" : "point"} in most cells, and ${quote(otherSign)}, which has a decimal ${other}: such cells fail.`,
      );
    if (sign !== undefined) return sign;
    // A number of a workbook is that number, whatever the sign.
    if (ambiguous === undefined || this.#sample.kind === "excel") return this.#sign?.sign ?? ".";
    const taken = this.#sign?.sign ?? ".";
    const why = this.#sign ? `as column ${quote(this.#sign.column)} has it` : "for nothing in the file tells it";
    this.#draft.doubt(
      `Column ${quote(name)} has ${quote(ambiguous)}, which may be ${ambiguous.replace(/\D/g, "")} or ${ambiguous.replace(",", ".")}: the ${taken === "," ? "comma" : "point"} was taken for the decimal sign, ${why}; "decimal" says otherwise.`,
    );
    return taken;
  }

  #weight(profile: Profile): Setting {
    const { name, numbers } = profile;
    const decimal = this.#decimal(profile);
    const from = { from: name, ...(decimal === "," && { decimal }) };
    const inName = plainName(name)
      .split(" ")
      .flatMap((word) => (Object.hasOwn(weightUnits, word) ? [weightUnits[word]!] : []))[0];
    if (inName !== undefined) return { ...from, unit: inName };
    const column = this.#taken.get("weightUnit");
    if (column && column.values.length > 0) return { ...from, unitFrom: column.name };
    if (numbers && numbers.marks.size > 0 && !numbers.bare) {
      const units = new Set([...numbers.marks].map((mark) => unitOf(mark)!));
      const [unit] = units;
      const all = profile.values.every((text) => /[a-z]/i.test(text));
      if (all || units.size > 1) return from;
      this.#draft.doubt(`Column ${quote(name)} has weights without a unit: ${unit!} was assumed, as in the others.`);
      return { ...from, unit: unit! };
    }
    const sizes = profile.values
      .map((text) => Number(text.replace(",", ".")))
      .filter((size) => size > 0)
      .sort((a, b) => a - b);
    const assumed = (sizes[Math.floor(sizes.length / 2)] ?? 0) >= 50 ? "g" : "kg";
    this.#draft.doubt(
      `Column ${quote(name)} has no unit: ${assumed} was assumed; write the right one in the mapping of the weight.`,
    );
    return { ...from, unit: assumed };
  }

  #categories(profile: Profile): void {
    const { doubts, ...separators } = categorySeparators(profile);
    this.#draft.doubt(...doubts);
    this.#draft.column(profile.name, ["trim"]);
    this.#draft.map("categories", { from: profile.name, ...separators });
    if (profile.values.length > 0 && profile.values.every((text) => /^\d+$/.test(text)))
      this.#draft.doubt(
        `Column ${quote(profile.name)} has numbers, like ${quote(profile.values[0]!)}: they became the names of categories.`,
      );
  }

  #images(profile: Profile): void {
    const separator = imageSeparator(profile.values);
    this.#draft.column(profile.name, ["trim"]);
    this.#draft.map("images", separator ? { from: profile.name, split: separator } : profile.name);
    const relative = profile.values.find((text) => !/^(?:https?:)?\/\//i.test(text));
    if (relative !== undefined)
      this.#draft.doubt(
        `Column ${quote(profile.name)} has ${quote(relative)}, which is no whole address: write "prefix" in the mapping of the images, if they lie in one place.`,
      );
  }

  #status(profile: Profile): void {
    const { name, distinct } = profile;
    const words: Record<string, string> = {};
    for (const word of distinct) words[word] = statusOf(word)!;
    // Words that the sample lacks, but whose other half it has.
    for (const { yes, no } of flagWords)
      if ([...yes, ...no].some((word) => distinct.has(word)))
        for (const word of [...yes, ...no]) words[word] ??= statusOf(word) ?? "inactive";
    this.#draft.column(name, ["trim"]);
    if (distinct.size === 0) {
      for (const [yes, no] of flagWords.slice(0, 4).map(({ yes, no }) => [yes[0]!, no[0]!] as const)) {
        words[yes] = "active";
        words[no] = "inactive";
      }
    }
    this.#draft.map("status", { from: name, words });
    const told = Object.entries(words).filter(([word]) => distinct.has(word));
    if (told.length > 0)
      this.#draft.doubt(
        `Column ${quote(name)} was taken for the status: ${told.map(([word, meaning]) => `${quote(word)} is ${meaning}`).join(", ")}; another word fails its record.`,
      );
  }

  #attribute(profile: Profile): void {
    const { name, dates, flags, numbers, padded, html, values, distinct } = profile;
    const draft = this.#draft;
    const trim: CleansingStep[] = padded ? ["trim"] : [];
    draft.attribute(name, name);
    if (dates?.forms.length === 1) {
      draft.column(name, ["trim", { date: dates.forms[0]! }]);
      return;
    }
    if (dates) {
      const [one, other] = dates.forms;
      draft.doubt(
        `Column ${quote(name)} has ${quote(dates.ambiguous!)}, which may be ${one!} or ${other!}: it was left as text; give the column { "date": "${one!}" } or the other.`,
      );
    } else if (flags && !(flags.digits && distinct.size < 2)) {
      const { yes, no, digits } = flags;
      draft.column(name, ["trim", { boolean: { yes: [...yes], no: [...no] } }]);
      if (digits) draft.doubt(`Column ${quote(name)} has nothing but 0 and 1: they were taken for no and yes.`);
      return;
    } else if (numbers?.sign === "," && numbers.bare && numbers.otherSign === undefined) {
      draft.column(name, ["trim", "decimalComma"]);
      return;
    } else if (!numbers) {
      const named = plainName(name)
        .split(" ")
        .some((word) => listWords.has(word));
      const separator = html ? undefined : listSeparator(values, named);
      if (separator !== undefined) {
        draft.column(name, [{ list: separator }]);
        const example = values.find((text) => text.includes(separator))!;
        draft.doubt(
          `Column ${quote(name)} has ${quote(example)}: it was taken for a list, split by ${quote(separator)}.`,
        );
        return;
      }
    }
    draft.column(name, html ? ["stripHtml", "trim"] : trim);
    this.#tellHtml(profile);
  }

  #checkBarcodes({ name, values }: Profile): void {
    if (values.length === 0) return;
    const bad = values.filter((text) => !isGtin(text));
    if (bad.length === 0) (this.#draft.feed.validators ??= {}).barcode = true;
    else
      this.#draft.doubt(
        `Column ${quote(name)} has ${bad.length} of ${values.length} barcodes of a wrong length or check digit, like ${quote(bad[0]!)}: they are taken as they are; "barcode": true in the validators refuses them.`,
      );
  }

  #tellParents({ name, values }: Profile): void {
    const keys = this.#taken.get("sku")!.distinct;
    const missing = values.filter((text) => !keys.has(text));
    if (missing.length > 0)
      this.#draft.doubt(
        `Column ${quote(name)} was taken for the key of another product, and ${quote(missing[0]!)} is none of this file.`,
      );
  }

  #tellTax({ name }: Profile): void {
    if (
      !plainName(name)
        .split(" ")
        .some((word) => taxWords.has(word))
    )
      this.#draft.doubt(`Column ${quote(name)} may be gross or net: it became the price as it is.`);
  }

  #tellHtml({ name, html }: Profile): void {
    if (html)
      this.#draft.doubt(
        `Column ${quote(name)} has HTML, of which the text is kept; without the step stripHtml all of it is.`,
      );
  }

  #tellEmpty(): void {
    const empty = this.#profiles.filter(({ values }) => values.length === 0).map(({ name }) => name);
    if (empty.length > 0)
      this.#draft.doubt(
        `Nothing stands in ${empty.length === 1 ? "the column" : "the columns"} ${quoteAll(empty)} of the rows that were looked at: what they hold was taken by their names alone, else for text.`,
      );
  }

  /** The mapping in the order of the product's fields; attributes last. */
  #orderMapping(): void {
    const { mapping } = this.#draft.feed;
    const { variants, translations, attributes, ...fields } = mapping;
    const order: readonly string[] = [...suggestedFields, "prices"];
    const sorted = Object.entries(fields).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
    const last = { translations, variants, attributes };
    this.#draft.feed.mapping = {
      ...Object.fromEntries(sorted),
      ...Object.fromEntries(Object.entries(last).filter(([, settings]) => settings !== undefined)),
    };
    const { validators, ...feed } = this.#draft.feed;
    delete this.#draft.feed.validators;
    Object.assign(this.#draft.feed, feed, validators && { validators });
  }
}

function textSteps({ html, values }: Profile, oneLine = false): CleansingStep[] {
  const collapse = oneLine && values.some((text) => /\s{2}|[\r\n\t]/.test(text));
  return [...(html ? (["stripHtml"] as const) : []), "trim", ...(collapse ? (["collapseSpaces"] as const) : [])];
}

function statusOf(word: string): string | undefined {
  return Object.entries(statusWords).find(([, words]) => words.includes(word.toLowerCase()))?.[0];
}

function unknownStatus(words: Iterable<string>): string[] {
  return [...words].filter((word) => statusOf(word) === undefined);
}

/** The currency that a column's name has in it: `Price (EUR)`, `Preis in €`, `price_usd`. */
function currencyInName(name: string): string | undefined {
  const words = name.split(/[^\p{L}\p{Sc}]+/u).map((word) => word.toUpperCase());
  const codes = words.filter(
    (word) =>
      isCurrency(word) &&
      [
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "PLN",
        "BRL",
        "SEK",
        "DKK",
        "NOK",
        "CZK",
        "HUF",
        "AUD",
        "CAD",
        "NZD",
        "JPY",
        "CNY",
        "INR",
      ].includes(word),
  );
  if (codes.length === 1) return codes[0];
  if (/€|\beuros?\b/i.test(name)) return "EUR";
  return name.includes("£") ? "GBP" : undefined;
}
