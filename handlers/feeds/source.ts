import { badCell } from "#feeds/bad-cell.ts";
import { quoteAll } from "#feeds/cleansing.ts";
import type { Column } from "#feeds/columns.ts";
import type { Condition, Source, SourceSettings } from "#feeds/feed.ts";
import type { NoteFault } from "#feeds/invalid-feed.ts";
import { itemsOf, splitAt, type Split } from "#feeds/separator.ts";
import type { Cell, PatternCells, SingleCell } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";

export type Cells = readonly Cell[];

/** Reads something of the cells of a row; undefined where they have nothing for it. */
export type Read<T> = (cells: Cells, notes: Notes) => T | undefined;

/** A source, compiled. */
export interface Compiled {
  readonly read: Read<NonNullable<SingleCell>>;
  /** What it can give. */
  readonly holds: Column["holds"];
  /** The name of its first column, by which errors call it; undefined where it has none. */
  readonly column: string | undefined;
}

/** Finds the row of a reference table; see `#references/lookup.ts`. */
export type CompileLookup = (source: SourceSettings, path: string, compiler: SourceCompiler) => Compiled;

/** How a source is meant. */
export interface SourceUse {
  /** What the sentences of faults call what it fills. */
  readonly field: string;
  /** Where it stands in the feed's file. */
  readonly path: string;
  /** Whether `split` alone, without `part`, is the business of the field's type. */
  readonly splits?: boolean;
  /** Whether names that are split too belong to the items of a value one by one. */
  readonly pairsItems?: boolean;
  /** Whether `record` and `file` are known. */
  readonly ofFile?: boolean;
}

export const nothing = (): undefined => undefined;

const noSource: Compiled = { read: nothing, holds: "text", column: undefined };

const origins = ["from", "join", "firstOf", "constant", "lookup", "of"] as const;

/** Settings of every source; those of a type come beside them. */
export const sourceSettings = [
  ...origins,
  ...(["with", "by", "give", "inherit", "when", "split", "part", "words", "otherwise", "default", "else"] as const),
] as const satisfies (keyof SourceSettings)[];

export interface SourceOptions {
  readonly lookup?: CompileLookup | undefined;
  /** The column whose runs are records: a blank cell of it always means the one above. */
  readonly group?: string | undefined;
}

/** Compiles sources to closures; what is wrong with them is a fault by path. */
export class SourceCompiler {
  readonly columns: ReadonlyMap<string, Column>;
  readonly fault: NoteFault;
  readonly #lookup: CompileLookup | undefined;
  readonly #group: string | undefined;
  /** Whether blank cells of the columns at hand are read as in the rows above. */
  #inherits = false;

  constructor(columns: ReadonlyMap<string, Column>, fault: NoteFault, { lookup, group }: SourceOptions = {}) {
    this.columns = columns;
    this.fault = fault;
    this.#lookup = lookup;
    this.#group = group;
  }

  compile(source: Source, use: SourceUse): Compiled {
    if (typeof source === "string") return this.column(source, use.path) ?? noSource;
    this.#checkForm(source, use);
    const inherited = this.#inherits;
    this.#inherits ||= source.inherit === true;
    try {
      return this.#steps(source, this.#origin(source, use), use);
    } finally {
      this.#inherits = inherited;
    }
  }

  /** A column of the feed: one that is declared, or one that a declared pattern fits. A name that is neither is a fault. */
  column(name: string, path: string, inherits = this.#inherits): Compiled | undefined {
    const found = this.columns.get(name);
    if (found?.pattern) {
      this.fault(path, `"${name}" may be several columns of a file: name one of them`);
      return undefined;
    }
    if (found) return { read: cellAt(found.index, inherits || name === this.#group), holds: found.holds, column: name };
    for (const { pattern, index, holds } of this.columns.values()) {
      if (!pattern?.match(name)) continue;
      return { read: (cells) => entriesOf(cells[index])?.[name] ?? undefined, holds, column: name };
    }
    this.fault(path, `no column "${name}" is declared`);
    return undefined;
  }

  /** The text of a column that names something, such as a currency: where it is blank it is as in the rows above. */
  naming(name: string, path: string): Compiled | undefined {
    const column = this.column(name, path, true);
    if (column) this.needText(column, path);
    return column && { ...column, read: (cells, notes) => asText(column.read(cells, notes)) };
  }

  /** What it gives must be text; a list or a flag is a fault. */
  needText({ holds, column }: Compiled, path: string): void {
    if (holds !== "text" && holds !== "any" && column !== undefined)
      this.fault(path, `the column "${column}" holds a ${holds} where text is needed`);
  }

  /** Whether the settings at a path are all known to what is of that type. */
  checkKnown(settings: object, known: readonly string[], { field, path }: SourceUse): void {
    for (const name of Object.keys(settings))
      if (!known.includes(name)) this.fault(path, `"${name}" is not a setting of ${field}`);
  }

  condition({ column, is, isNot }: Condition, path: string): (cells: Cells, notes: Notes) => boolean {
    if (is !== undefined && isNot !== undefined) this.fault(path, "give is or isNot, not both");
    const read = this.column(column, `${path}/column`)?.read ?? nothing;
    const words = new Set([is ?? isNot ?? []].flat());
    if (is === undefined && isNot === undefined) return (cells, notes) => read(cells, notes) !== undefined;
    return (cells, notes) => words.has(asText(read(cells, notes))?.trim() ?? "") === (is !== undefined);
  }

  #origin(source: SourceSettings, use: SourceUse): Compiled {
    const { path } = use;
    if (source.constant !== undefined) {
      const { constant } = source;
      return { read: () => constant, holds: typeof constant === "boolean" ? "boolean" : "text", column: undefined };
    }
    if (source.join !== undefined) return this.#join(source.join, source.with ?? " ", use);
    if (source.firstOf !== undefined) return this.#firstOf(source.firstOf, use);
    if (source.lookup !== undefined) return this.#lookup?.(source, path, this) ?? noSource;
    if (source.of !== undefined)
      return { read: (_, notes) => notes.of?.[source.of!], holds: "text", column: undefined };
    if (source.from === undefined) return noSource;
    if (Array.isArray(source.from)) {
      this.fault(`${path}/from`, "several columns can be joined, or be those of a list or of images");
      return noSource;
    }
    return this.compile(source.from, { ...use, path: `${path}/from` });
  }

  #steps(source: SourceSettings, origin: Compiled, use: SourceUse): Compiled {
    let made = origin;
    if (source.split !== undefined && source.part !== undefined)
      made = this.#part(made, source.split, source.part, use);
    if (source.words !== undefined) made = this.#words(made, source.words, source.otherwise);
    if (source.when !== undefined) {
      const holds = this.condition(source.when, `${use.path}/when`);
      const { read } = made;
      made = { ...made, read: (cells, notes) => (holds(cells, notes) ? read(cells, notes) : undefined) };
    }
    if (source.default !== undefined) {
      const { read } = made;
      made = { ...made, read: (cells, notes) => read(cells, notes) ?? source.default };
    }
    return made;
  }

  #join(sources: readonly Source[], separator: string, use: SourceUse): Compiled {
    const parts = sources.map((source, at) => this.compile(source, { ...use, path: `${use.path}/join/${at}` }));
    const read: Read<string> = (cells, notes) => {
      let joined: string | undefined;
      for (const part of parts) {
        const text = asText(part.read(cells, notes));
        if (text !== undefined) joined = joined === undefined ? text : joined + separator + text;
      }
      return joined;
    };
    return { read, holds: "text", column: firstColumn(parts) };
  }

  #firstOf(sources: readonly Source[], use: SourceUse): Compiled {
    const all = sources.map((source, at) => this.compile(source, { ...use, path: `${use.path}/firstOf/${at}` }));
    const holds = all.every((one) => one.holds === all[0]?.holds) ? (all[0]?.holds ?? "text") : "any";
    const read: Read<NonNullable<SingleCell>> = (cells, notes) => {
      for (const one of all) {
        const value = one.read(cells, notes);
        if (value !== undefined) return value;
      }
      return undefined;
    };
    return { read, holds, column: firstColumn(all) };
  }

  #part(of: Compiled, separator: string, part: number, { path }: SourceUse): Compiled {
    this.needText(of, `${path}/from`);
    const split = splitAt(separator);
    const read: Read<string> = (cells, notes) => {
      const text = asText(of.read(cells, notes));
      const found =
        text === undefined
          ? undefined
          : split(text)
              .at(part > 0 ? part - 1 : part)
              ?.trim();
      return found === "" ? undefined : found;
    };
    return { ...of, read, holds: "text" };
  }

  #words(of: Compiled, words: Record<string, string>, otherwise: string | undefined): Compiled {
    const table = new Map(Object.entries(words));
    const problem = `which is none of the feed's words (${quoteAll([...table.keys()])}): use one of these.`;
    const read: Read<string> = (cells, notes) => {
      const text = asText(of.read(cells, notes));
      if (text === undefined) return undefined;
      const meaning = table.get(text) ?? otherwise;
      if (meaning === undefined) notes.errors.push(badCell("INVALID_PRODUCT", of.column ?? "", text, problem));
      return meaning;
    };
    return { ...of, read, holds: "text" };
  }

  #checkForm(source: SourceSettings, { path, splits, ofFile }: SourceUse): void {
    const given = origins.filter((name) => source[name] !== undefined);
    if (given.length !== 1) {
      const found = given.length === 0 ? "none is there" : `${given.join(" and ")} are there`;
      const known = ofFile ? origins : origins.filter((name) => name !== "of");
      this.fault(path, `give exactly one of ${known.join(", ")} (${found})`);
    }
    const needs: [keyof SourceSettings, keyof SourceSettings][] = [
      ["part", "split"],
      ["with", "join"],
      ["lookup", "by"],
      ["lookup", "give"],
      ["by", "lookup"],
      ["give", "lookup"],
    ];
    if (source.lookup === undefined) needs.push(["otherwise", "words"]);
    if (!splits) needs.push(["split", "part"]);
    for (const [name, needed] of needs) {
      if (source[name] !== undefined && source[needed] === undefined)
        this.fault(path, `${name} needs ${needed} beside it`);
    }
    if (source.else !== undefined && source.constant !== undefined)
      this.fault(`${path}/else`, "a constant can always be read");
    if (source.part === 0) this.fault(`${path}/part`, "parts count from 1, or from -1 at the end");
    if (source.of !== undefined && !ofFile)
      this.fault(`${path}/of`, "only a key can be made of the record's number or the file's name");
  }
}

function firstColumn(all: readonly Compiled[]): string | undefined {
  return all.find(({ column }) => column !== undefined)?.column;
}

/** The cell of a column that is one. */
function cellAt(index: number, inherits: boolean): Read<NonNullable<SingleCell>> {
  if (!inherits) return (cells) => (cells[index] as SingleCell) ?? undefined;
  return (cells, notes) => (cells[index] ?? notes.above?.[index] ?? undefined) as NonNullable<SingleCell> | undefined;
}

/** The cells of a pattern's columns, by the file's names of them. */
export function entriesOf(cell: Cell | undefined): PatternCells | undefined {
  return typeof cell === "object" && cell !== null && !Array.isArray(cell) ? (cell as PatternCells) : undefined;
}

/** A cell as text: a yes or no by its name, a list with commas. Undefined where there is nothing. */
export function asText(cell: Cell | undefined): string | undefined {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return undefined;
  return Array.isArray(cell) ? cell.join(", ") : typeof cell === "boolean" ? String(cell) : undefined;
}

/** The items of a cell: those of a list, or of text that is split where the feed says so. */
export function partsOf(cell: NonNullable<SingleCell>, split: Split | undefined): readonly string[] | undefined {
  if (typeof cell === "string") return split === undefined ? [cell] : (itemsOf(cell, split) ?? undefined);
  return typeof cell === "boolean" ? [String(cell)] : cell;
}
