import { compileArithmetic } from "#feeds/arithmetic.ts";
import { badCell } from "#feeds/bad-cell.ts";
import { settingsOf, type CompileField } from "#feeds/fields/field.ts";
import { numberSettings, numberSource, tellGrouped } from "#feeds/fields/number.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import type { SourceSettings } from "#feeds/feed.ts";
import type { Read, SourceUse } from "#feeds/source.ts";
import { readWeight, unitOf, type Weight } from "#feeds/weight.ts";
import { readDecimal } from "#products/decimal.ts";

/** A number with a unit. */
export interface Measure {
  readonly value: string;
  readonly unit: string;
}

/** A weight in g, kg, oz or lb. */
export const weight: CompileField<Weight> = (source, use, context) => {
  const settings = settingsOf(source, [...numberSettings, "unit", "unitFrom"], use, context);
  const unit = settings.unit === undefined ? undefined : unitOf(settings.unit);
  if (settings.unit !== undefined && unit === undefined)
    context.compiler.fault(`${use.path}/unit`, `must be one of "g", "kg", "oz", "lb"`);
  return measureOf(settings, use, context, {
    unit,
    unitOf,
    units: "use g, kg, oz or lb",
    what: "a weight in g, kg, oz or lb",
    read: readWeight,
  });
};

/** A number with any unit: "5000 mAh", or one that stands beside it. */
export const measure: CompileField<Measure> = (source, use, context) => {
  const settings = settingsOf(source, [...numberSettings, "unit", "unitFrom"], use, context);
  return measureOf<string>(settings, use, context, {
    unit: settings.unit,
    unitOf: (word) => word.trim() || undefined,
    units: "write one",
    what: "a number with a unit",
    read: readMeasure,
  });
};

interface Measuring<Unit extends string> {
  /** The unit that the feed says. */
  readonly unit: Unit | undefined;
  /** The unit that a word means. */
  readonly unitOf: (word: string) => Unit | undefined;
  readonly units: string;
  readonly what: string;
  readonly read: (
    text: string,
    unit: Unit | undefined,
    decimal: "." | ",",
  ) => { value: string; unit: Unit } | undefined;
}

function measureOf<Unit extends string>(
  settings: SourceSettings,
  use: SourceUse,
  context: MappingContext,
  measuring: Measuring<Unit>,
): Read<{ value: string; unit: Unit }> {
  const { compiler } = context;
  const { read, column } = numberSource(settings, use, context);
  const compute = compileArithmetic(settings, compiler, use);
  const { decimal = "." } = settings;
  const named =
    settings.unitFrom === undefined ? undefined : compiler.naming(settings.unitFrom, `${use.path}/unitFrom`);
  if (settings.unit !== undefined && settings.unitFrom !== undefined)
    compiler.fault(use.path, "give the unit or the column that names it, not both");
  return (cells, notes) => {
    const text = read(cells, notes);
    if (text === undefined) return undefined;
    let { unit } = measuring;
    const word = named?.read(cells, notes) as string | undefined;
    if (named !== undefined && word !== undefined) {
      unit = measuring.unitOf(word);
      if (unit === undefined) {
        const problem = `which is no unit of weight: ${measuring.units}.`;
        notes.errors.push(badCell("BAD_MEASURE", named.column!, word, problem));
        return undefined;
      }
    }
    const found = measuring.read(text, unit, decimal);
    if (found === undefined) {
      const like = unit === undefined ? `1${decimal}2 kg` : `1${decimal}2, or 1${decimal}2 ${unit}`;
      notes.errors.push(badCell("BAD_MEASURE", column, text, `which is not ${measuring.what}: write it like ${like}.`));
      return undefined;
    }
    if (found.value !== text) tellGrouped(column, text, decimal, found.value, notes);
    if (compute === undefined) return found;
    const value = compute(found.value, cells, notes);
    return value === undefined ? undefined : { value, unit: found.unit };
  };
}

function readMeasure(text: string, unit: string | undefined, decimal: "." | ","): Measure | undefined {
  const trimmed = text.trim();
  const [, written = "", own = ""] = /^([+-]?\d[\d.,'’ \u00a0\u202f]*?)\s*(\D*)$/u.exec(trimmed) ?? [];
  const negative = written.startsWith("-");
  const size = readDecimal(written.replace(/^[+-]/, ""), decimal);
  const meant = own.trim() || unit;
  return size === undefined || meant === undefined ? undefined : { value: negative ? `-${size}` : size, unit: meant };
}
