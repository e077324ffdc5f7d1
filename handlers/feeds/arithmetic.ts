import { Big } from "big.js";
import { badCell } from "#feeds/bad-cell.ts";
import type { Operand, SourceSettings } from "#feeds/feed.ts";
import { asText, type Cells, type SourceCompiler, type SourceUse } from "#feeds/source.ts";
import { readDecimal } from "#products/decimal.ts";
import type { Notes } from "#records/notes.ts";

/** What is done to a number, in this order. */
export const arithmeticSettings = ["times", "dividedBy", "plus", "percentOff", "round"] as const;

/** Computes with decimal text, exactly; undefined where an operand cannot be read, which is noted. */
export type Compute = (number: string, cells: Cells, notes: Notes) => string | undefined;

type Operation = (number: Big, operand: Big) => Big;

const operations: readonly [Exclude<(typeof arithmeticSettings)[number], "round">, Operation][] = [
  ["times", (number, by) => number.times(by)],
  ["dividedBy", (number, by) => number.div(by)],
  ["plus", (number, by) => number.plus(by)],
  ["percentOff", (number, by) => number.minus(number.times(by).div(100))],
];

/** Compiles the arithmetic of a source; undefined where it asks for none. Where a quotient may not end, `round` must say where. */
export function compileArithmetic(
  settings: Pick<SourceSettings, (typeof arithmeticSettings)[number] | "decimal">,
  compiler: SourceCompiler,
  { path }: SourceUse,
): Compute | undefined {
  const { round, decimal = ".", dividedBy } = settings;
  if (dividedBy !== undefined && round === undefined && !(typeof dividedBy === "string" && ends(dividedBy)))
    compiler.fault(`${path}/dividedBy`, "the result may have no end: say with round how many decimals it has");
  const steps = operations.flatMap(([name, operate]) => {
    const operand = settings[name];
    if (operand === undefined) return [];
    return [{ operate, read: operandOf(operand, decimal, compiler, `${path}/${name}`, name === "dividedBy") }];
  });
  if (steps.length === 0 && round === undefined) return undefined;
  return (number, cells, notes) => {
    let result = new Big(number);
    for (const { operate, read } of steps) {
      const operand = read(cells, notes);
      if (operand === "bad") return undefined;
      if (operand !== undefined) result = operate(result, operand);
    }
    return round === undefined ? result.toFixed() : result.toFixed(round, Big.roundHalfUp);
  };
}

type ReadOperand = (cells: Cells, notes: Notes) => Big | "bad" | undefined;

/** A blank operand changes nothing. */
function operandOf(
  operand: Operand,
  decimal: "." | ",",
  compiler: SourceCompiler,
  path: string,
  divides: boolean,
): ReadOperand {
  if (typeof operand === "string") {
    const number = signed(operand, ".");
    if (number === undefined || (divides && number.eq(0))) {
      compiler.fault(path, `"${operand}" is not a number to compute with`);
      return () => undefined;
    }
    return () => number;
  }
  const source = compiler.column(operand.from, `${path}/from`);
  if (!source) return () => undefined;
  return (cells, notes) => {
    const text = asText(source.read(cells, notes))?.trim();
    if (text === undefined || text === "") return undefined;
    const number = signed(text.replace(/\s*%$/, ""), decimal);
    if (number !== undefined && !(divides && number.eq(0))) return number;
    const problem = `which is not a number to compute with: write it like 12${decimal}5.`;
    notes.errors.push(badCell("BAD_NUMBER", operand.from, text, problem));
    return "bad";
  };
}

function signed(text: string, decimal: "." | ","): Big | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const number = readDecimal(text.slice(sign.length), decimal);
  return number === undefined ? undefined : new Big(sign === "-" ? `-${number}` : number);
}

/** Whether what is divided by it has an end: it has no factors but 2 and 5. */
function ends(divisor: string): boolean {
  if (!/^\d+(\.\d+)?$/.test(divisor)) return true; // A fault of its own.
  let whole = BigInt(divisor.replace(".", ""));
  for (const factor of [2n, 5n]) while (whole > 0n && whole % factor === 0n) whole /= factor;
  return whole <= 1n;
}
