import type { RecordError } from "#errors/catalogue.ts";
import { badCell } from "#feeds/bad-cell.ts";
import { dateForm, readTwoWays } from "#feeds/dates.ts";
import type { CleansingStep, ColumnSettings } from "#feeds/feed.ts";
import { stripHtml } from "#feeds/html.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";
import { itemsOf, splitAt, type Split } from "#feeds/separator.ts";
import { isGroupedOnce, readDecimal } from "#products/decimal.ts";
import type { SingleCell } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";

/** Makes a cell of the file's text. What cannot be cleansed is noted and null. */
export type Cleanse = (text: string, notes: Notes) => SingleCell;

/** What a cleansed cell can be, when it is not null. */
export type Holds = "text" | "boolean" | "list";

export interface Cleansing {
  /** Undefined where the column's text stays as it is, an empty cell excepted, which is null. */
  readonly cleanse: Cleanse | undefined;
  readonly holds: Holds;
}

/** A step from text to text, to what a cell holds at last, or to an error. */
type Step = (text: string, notes: Notes) => SingleCell | RecordError;

/** Compiles the cleansing of one column; steps follow each other, and an empty text is absent unless the feed keeps it. */
export function compileCleansing(column: string, settings: ColumnSettings, fault: NoteFault): Cleansing {
  const asked = settings.cleanse ?? [];
  const keepEmpty = asked.includes("keepEmpty");
  let holds: Holds = "text";
  const steps: Step[] = [];
  for (const [index, step] of asked.entries()) {
    if (step === "keepEmpty") continue;
    const path = pointer("columns", column, "cleanse", index);
    if (holds !== "text") fault(path, `no step can follow one that makes a ${holds}`);
    if (typeof step === "object") holds = "boolean" in step ? "boolean" : "list" in step ? "list" : holds;
    steps.push(compileStep(column, step, path, fault));
  }
  if (steps.length === 0) return { cleanse: keepEmpty ? (text) => text : undefined, holds };
  return { cleanse: chain(steps, keepEmpty), holds };
}

function chain(steps: readonly Step[], keepEmpty: boolean): Cleanse {
  return (text, notes) => {
    let cell: SingleCell = text;
    for (const step of steps) {
      if (cell === "") break;
      const next = step(cell as string, notes);
      if (typeof next === "object" && next !== null && "code" in next) {
        notes.errors.push(next);
        return null;
      }
      cell = next;
    }
    return cell === "" && !keepEmpty ? null : cell;
  };
}

function compileStep(column: string, step: Exclude<CleansingStep, "keepEmpty">, path: string, fault: NoteFault): Step {
  if (step === "trim") return (text) => text.trim();
  if (step === "collapseSpaces") return collapseSpaces;
  if (step === "stripHtml") return stripHtml;
  if (step === "textMark") return (text) => (text.charCodeAt(0) === apostrophe ? text.slice(1) : text);
  if (step === "decimalComma") return decimalComma(column);
  if ("boolean" in step) return booleanOf(column, step.boolean, path, fault);
  if ("list" in step) return listOf(splitAt(step.list));
  return dateOf(column, step.date, path, fault);
}

function listOf(split: Split): Step {
  return (text) => itemsOf(text, split);
}

const apostrophe = 0x27;
const runOfSpaces = /[^\S ]|\s{2}/;

/** Every run of white space, line breaks included, becomes one space. */
export function collapseSpaces(text: string): string {
  return runOfSpaces.test(text) ? text.replace(/\s+/g, " ") : text;
}

function decimalComma(column: string): Step {
  return (text, notes) => {
    const negative = text.startsWith("-");
    const number = readDecimal(negative ? text.slice(1) : text, ",");
    if (number === undefined) {
      return badCell("BAD_NUMBER", column, text, "which is not a number with a decimal comma: write it like 1234,50.");
    }
    const became = negative ? `-${number}` : number;
    if (isGroupedOnce(text, ",")) notes.warn({ code: "NUMBER_GROUPED", column, value: text, became });
    return became;
  };
}

function booleanOf(column: string, { yes, no }: { yes: string[]; no: string[] }, path: string, fault: NoteFault): Step {
  const meanings = new Map<string, boolean>();
  for (const word of yes) meanings.set(word.toLowerCase(), true);
  for (const word of no) {
    if (meanings.has(word.toLowerCase())) fault(`${path}/boolean`, `"${word}" means both yes and no`);
    meanings.set(word.toLowerCase(), false);
  }
  const words = `yes (${quoteAll(yes)}) nor no (${quoteAll(no)})`;
  return (text) =>
    meanings.get(text) ??
    meanings.get(text.toLowerCase()) ??
    badCell("BAD_BOOLEAN", column, text, `which is neither ${words}: use one of these words.`);
}

/** A day with a time of ISO 8601 means one thing whatever the feed's forms: so are dates of workbooks written that no form has room for. */
const withTime = dateForm("YYYY-MM-DDTHH:mm:ss")!;

function dateOf(column: string, date: string | readonly string[], path: string, fault: NoteFault): Step {
  const written = typeof date === "string" ? [date] : date;
  const forms = written.flatMap((form, index) => {
    const compiled = dateForm(form);
    if (compiled) return [compiled];
    const at = typeof date === "string" ? `${path}/date` : `${path}/date/${index}`;
    fault(
      at,
      `"${form}" is no form of a date: use YYYY (or YY), MM and DD (or M and D) once, HH (or H), mm, ss, SSS and Z, and no other letters`,
    );
    return [];
  });
  for (const [index, form] of forms.entries()) {
    for (const other of forms.slice(0, index)) {
      const text = readTwoWays(other, form);
      if (text !== undefined)
        fault(`${path}/date/${index}`, `"${text}" is one day as ${other.form} and another one as ${form.form}`);
    }
  }
  const named = written.join(" or ");
  const otherForm = `which is not a date of the form ${named}: write it in ${written.length > 1 ? "one of these forms" : "that form"}.`;
  return (text) => {
    for (const { read } of forms) {
      const iso = read(text);
      if (iso !== undefined) return iso;
    }
    const instant = withTime.read(text);
    if (instant !== undefined) return instant;
    for (const { form, problem } of forms) {
      const found = problem(text);
      if (found !== undefined)
        return badCell("BAD_DATE", column, text, `which is ${found}: correct it, in the form ${form}.`);
    }
    return badCell("BAD_DATE", column, text, otherForm);
  };
}

/** Words for a sentence: "1", "yes". */
export function quoteAll(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(", ");
}
