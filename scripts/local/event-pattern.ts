import { NotEmulated } from "./errors.ts";

type Fields = Readonly<Record<string, unknown>>;
/** Says whether a value at a field matches; undefined stands for a field that is absent. */
type Test = (value: unknown) => boolean;

/**
 * Compiles an EventBridge event pattern. The operators are EventBridge's own; one it does not have fails here, by its
 * name, and not at the first event.
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  if (!isFields(pattern)) throw new Error(`An event pattern must be an object, not ${JSON.stringify(pattern)}.`);
  const tests = Object.entries(pattern).map(([field, wanted]): Test => {
    if (field === "$or") return anyOf((wanted as unknown[]).map(compilePattern));
    const test = Array.isArray(wanted) ? anyOf(wanted.map(compileMatcher)) : compilePattern(wanted);
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
  const [[operator, operand] = ["nothing", undefined], ...others] = Object.entries(matcher);
  if (others.length > 0)
    throw new Error(`An event pattern's matcher has one operator, not ${JSON.stringify(matcher)}.`);
  switch (operator) {
    case "exists":
      return (value) => (value !== undefined) === operand;
    case "anything-but": {
      const refused = anyOf([operand].flat().map((one) => (isFields(one) ? compileList(one) : compileMatcher(one))));
      return (value) => value !== undefined && !refused(value);
    }
    case "numeric":
      return compileNumeric(operand as unknown[]);
    default:
      return compileText(operator, operand);
  }
}

/** Inside anything-but, an operator may take a list of operands. */
function compileList(matcher: Fields): Test {
  return anyOf(
    Object.entries(matcher).flatMap(([operator, operand]) => [operand].flat().map((one) => compileText(operator, one))),
  );
}

function compileText(operator: string, operand: unknown): Test {
  const folded = isFields(operand) ? operand["equals-ignore-case"] : undefined;
  const fold = (text: string) => (folded === undefined ? text : text.toLowerCase());
  const wanted = fold(String(folded ?? operand));
  const onText =
    (test: (text: string) => boolean): Test =>
    (value) =>
      typeof value === "string" && test(fold(value));
  switch (operator) {
    case "prefix":
      return onText((text) => text.startsWith(wanted));
    case "suffix":
      return onText((text) => text.endsWith(wanted));
    case "equals-ignore-case":
      return (value) => typeof value === "string" && value.toLowerCase() === wanted.toLowerCase();
    case "wildcard": {
      const parts = wanted.split(/(\\.|\*)/).map((part) => (part === "*" ? ".*" : literally(part.replace(/^\\/, ""))));
      const expression = new RegExp(`^${parts.join("")}$`, "su");
      return onText((text) => expression.test(text));
    }
    default:
      throw new NotEmulated(`the event pattern operator ${operator}`);
  }
}

function compileNumeric(operands: readonly unknown[]): Test {
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operands.length; at += 2) {
    const [operator, bound] = [operands[at], Number(operands[at + 1])];
    if (operator === "=") tests.push((value) => value === bound);
    else if (operator === "<") tests.push((value) => value < bound);
    else if (operator === "<=") tests.push((value) => value <= bound);
    else if (operator === ">") tests.push((value) => value > bound);
    else if (operator === ">=") tests.push((value) => value >= bound);
    else throw new NotEmulated(`the event pattern comparison ${JSON.stringify(operator)}`);
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

/** The text as a regular expression that matches it alone. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function anyOf(tests: readonly Test[]): Test {
  return (value) => tests.some((test) => test(value));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
