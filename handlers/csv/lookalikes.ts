import { looseName } from "#csv/columns.ts";

/** The names that look like a column which is missing: someone may have meant it. At most three. */
export function lookalikesOf(column: string, names: readonly string[]): string[] {
  const wanted = lettersOf(column);
  return [...new Set(names.slice(0, mostNames))].filter((name) => looksLike(lettersOf(name), wanted)).slice(0, 3);
}

// Every name is compared with every column that is missing, of each of the first lines.
const mostNames = 1000;

function looksLike(name: string, wanted: string): boolean {
  if (name === "") return false;
  if (name === wanted || editsBetween(name, wanted) <= Math.floor(wanted.length / 4 + 0.5)) return true;
  return Math.min(name.length, wanted.length) >= 3 && (name.includes(wanted) || wanted.includes(name));
}

/** Letters and digits alone: product_name is like Product-Name. */
function lettersOf(name: string): string {
  return looseName(name.slice(0, 100)).replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

/** How many letters must be put in, taken out, replaced or swapped with their neighbour to make one of the other. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4) return Infinity;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same, swapped));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
