import { badCell } from "#feeds/bad-cell.ts";
import type { CompileField } from "#feeds/fields/field.ts";
import { settingsOf } from "#feeds/fields/field.ts";
import { asText, type Compiled, type SourceUse } from "#feeds/source.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import type { Source } from "#feeds/feed.ts";
import { cleanKey, keyProblem } from "#products/key.ts";

/** A field that holds text: a yes or no cannot be in it; a list can only where the cell is joined or split. */
export const text: CompileField<string> = (source, use, context) => {
  const settings = settingsOf(source, [], use, context);
  const made = textual(source, use, context);
  if (settings.constant !== undefined && typeof settings.constant === "boolean")
    context.compiler.fault(`${use.path}/constant`, `${use.field} is text: put the constant into quotes`);
  const { read } = made;
  return made.holds === "text"
    ? (read as ReturnType<CompileField<string>>)
    : (cells, notes) => asText(read(cells, notes));
};

/** A day, or a time of a day: ISO 8601 may write a zone without its colon (`T13:00-0800`), which the catalogue does not. */
export const date: CompileField<string> = (source, use, context) => {
  const read = text(source, use, context);
  return (cells, notes) => read(cells, notes)?.replace(zoneInShort, "$1:$2");
};

const zoneInShort = /(?<=^\d{4}-\d\d-\d\dT[\d:.]+)([+-]\d\d)(\d\d)$/;

/** A source that must give text. */
export function textual(source: Source, use: SourceUse, { compiler, columnOf }: MappingContext): Compiled {
  const made = compiler.compile(source, use);
  const { column, holds } = made;
  if (column !== undefined) {
    columnOf.set(use.field, column);
    if (holds === "list" || holds === "boolean")
      compiler.fault(
        use.path,
        `${use.field} is text and the column "${column}" holds a ${holds}: use words, or map it to an attribute`,
      );
  }
  return made;
}

/** A field that names a record: its key is cleaned as that record's own is. */
export const identifier: CompileField<string> = (source, use, context) => {
  const read = text(source, use, context);
  const column = context.columnOf.get(use.field) ?? use.field;
  return (cells, notes) => {
    const found = read(cells, notes);
    if (found === undefined) return undefined;
    const key = cleanKey(found);
    const problem = keyProblem(key);
    if (problem !== undefined) notes.errors.push(badCell("BAD_KEY", column, found, problem));
    else if (key !== found) notes.warn({ code: "KEY_CLEANED", column, value: found, became: key });
    return key === "" ? undefined : key;
  };
};
