import { NotEmulated } from "./errors.ts";

type Fields = Readonly<Record<string, unknown>>;
/** Says whether a value at a field matches; undefined stands for a field that is absent. */
type Test = (value: unknown) => boolean;

/**
 * Compiles an EventBridge event pattern. The operators are EventBridge's own; one that the engine does not have fails here, by
 * its name, and not at the first event.
 */
export function compilePattern(pattern: unknown): Test {
  if (!isFields(pattern)) throw new Error(`An event pattern must be an object, not ${JSON.stringify(pattern)}.`);
  const tests = Object.entries(pattern).map(([field, wanted]): Test => {
    if (field === "$or") return anyOf(wanted, compilePattern);
    const test = Array.isArray(wanted) ? anyOf(wanted, compileMatcher) : compilePattern(wanted);
    return (event) => {
      const value = isFields(event) ? event[field] : undefined;
      // A list in an event matches if one of its elements does.
      return Array.isArray(value) ? value.some(test) : test(value);
    };
  });
  return (event) => tests.every((test) => test(event));
}

function compileMatcher(matcher: unknown): Test {
  if (!isFields(matcher)) return (value) => value === matcher;
  const [[operator, operand] = ["nothing", undefined], another] = Object.entries(matcher);
  if (another) throw new Error(`An event pattern's matcher has one operator, not ${JSON.stringify(matcher)}.`);
  if (operator === "exists") return (value) => (value !== undefined) === operand;
  if (operator === "numeric") return compileNumeric(operand as unknown[]);
  if (operator !== "anything-but") return compileText(operator, operand);
  const refused = anyOf(operand, (one) => {
    const [[inner, operands] = ["nothing", undefined]] = isFields(one) ? Object.entries(one) : [];
    return isFields(one) ? anyOf(operands, (text) => compileText(inner, text)) : compileMatcher(one);
  });
  return (value) => value !== undefined && !refused(value);
}

function compileText(operator: string, operand: unknown): Test {
  // A prefix or a suffix may itself say that case does not matter.
  const folded =
    operator === "equals-ignore-case" ? operand : isFields(operand) ? operand["equals-ignore-case"] : undefined;
  const fold = (text: string) => (folded === undefined ? text : text.toLowerCase());
  const wanted = fold(String(folded ?? operand));
  const tests: Readonly<Record<string, (text: string) => boolean>> = {
    prefix: (text) => text.startsWith(wanted),
    suffix: (text) => text.endsWith(wanted),
    "equals-ignore-case": (text) => text === wanted,
    wildcard: (text) => wildcard(wanted).test(text),
  };
  const test = tests[operator];
  if (!test) throw new NotEmulated(`the event pattern operator ${operator}`);
  return (value) => typeof value === "string" && test(fold(value));
}

function wildcard(pattern: string): RegExp {
  const literally = (text: string) => text.replace(/^\\/, "").replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const parts = pattern.split(/(\\.|\*)/).map((part) => (part === "*" ? ".*" : literally(part)));
  return new RegExp(`^${parts.join("")}$`, "s");
}

function compileNumeric(operands: readonly unknown[]): Test {
  const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
    "=": (value, bound) => value === bound,
    "<": (value, bound) => value < bound,
    "<=": (value, bound) => value <= bound,
    ">": (value, bound) => value > bound,
    ">=": (value, bound) => value >= bound,
  };
  const tests = Array.from({ length: operands.length / 2 }, (_, at) => {
    const compare = comparisons[String(operands[2 * at])];
    if (!compare) throw new NotEmulated(`the event pattern comparison ${String(operands[2 * at])}`);
    return (value: number) => compare(value, Number(operands[2 * at + 1]));
  });
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

/** One of several, where a single one may stand without a list. */
function anyOf(all: unknown, compile: (one: unknown) => Test): Test {
  const tests = [all].flat().map(compile);
  return (value) => tests.some((test) => test(value));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
