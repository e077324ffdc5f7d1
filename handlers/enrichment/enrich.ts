import type { RecordError } from "#errors/catalogue.ts";
import type { Feed } from "#feeds/compile.ts";
import { quote, shorten } from "#feeds/bad-cell.ts";
import type { Cell, Line, RestructuredLine } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";
import type { Enrichment } from "./enrichment.ts";
import { lookUp, type Answer } from "./look-up.ts";

/** Values of the environment by name, as process.env has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The last step of restructuring: looks up the distinct values of one column at the feed's service and fills the columns that
 * the feed declares for the answers. A value that the service does not know fails its record. Each value is asked for once a
 * call. A feed without enrichment gives the lines back as they are. Throws what lookUp throws, and Error where the environment
 * lacks the service's URL.
 */
export async function enrich(feed: Feed, lines: Line[], environment: Environment): Promise<Line[]> {
  const { enrichment } = feed;
  if (!enrichment) return lines;
  const answers = new Map<string, Answer>();
  const values = valuesOf(enrichment, lines);
  if (values.length > 0) {
    await lookUp({ ...enrichment, url: urlOf(feed.name, enrichment, environment) }, values, answers);
  }
  return lines.map((line) => (line.kind === "restructured" ? fill(enrichment, line, answers) : line));
}

function valuesOf({ index }: Enrichment, lines: readonly Line[]): string[] {
  const values = new Set<string>();
  for (const line of lines) {
    for (const { cells } of rowsOf(line)) {
      const cell = cells[index];
      if (typeof cell === "string") values.add(cell);
    }
  }
  return [...values];
}

/** The rows of a record that can be read. */
function rowsOf(line: Line): readonly Pick<RestructuredLine, "cells">[] {
  return line.kind === "restructured" ? [line, ...(line.more ?? [])] : [];
}

function urlOf(feed: string, { url }: Enrichment, environment: Environment): string {
  if (typeof url === "string") return url;
  const found = environment[url.environment];
  if (found === undefined || !URL.canParse(found)) {
    throw new Error(
      `Feed ${feed} takes the URL of its reference service from ${url.environment}, which is not set to a URL.`,
    );
  }
  return found;
}

function fill(enrichment: Enrichment, line: RestructuredLine, answers: ReadonlyMap<string, Answer>): Line {
  const { more } = line;
  const notes: RecordError[] = [];
  const fillRow = <Row extends Pick<RestructuredLine, "line" | "cells">>(row: Row): Row => {
    const cells = filled(enrichment, row.cells, answers);
    if (cells !== undefined) return { ...row, cells };
    const unknown = notFound(enrichment.column, row.cells[enrichment.index] as string);
    notes.push(more ? { ...unknown, line: row.line } : unknown);
    return row;
  };
  const first = fillRow(line);
  const others = more?.map(fillRow);
  if (notes.length > 0) return failLine(line, line.key, notes);
  return others ? { ...first, more: others } : first;
}

/** The cells with those of the answer; undefined where the service does not know the value. */
function filled(
  { index, into }: Enrichment,
  cells: readonly Cell[],
  answers: ReadonlyMap<string, Answer>,
): readonly Cell[] | undefined {
  const value = cells[index];
  if (typeof value !== "string") return cells;
  const answer = answers.get(value) ?? null;
  if (answer === null) return undefined;
  const all = [...cells];
  for (const { field, index } of into) {
    const cell = Object.hasOwn(answer, field) ? answer[field]! : null;
    all[index] = cell === "" ? null : cell;
  }
  return all;
}

function notFound(column: string, value: string): RecordError {
  const message = `Column ${quote(column)} has ${quote(value)}, which the reference service does not know: correct it, or have it added there.`;
  return { code: "REFERENCE_NOT_FOUND", message, column, value: shorten(value) };
}
