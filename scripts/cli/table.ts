import { visible } from "#feeds/visible.ts";

/** Renders rows as text in columns, two spaces between them; numbers stand to the right. Line breaks in cells become spaces, and what would not be seen stands by its number. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const texts = rows.map((row) =>
    header.map((_, column) => visible(String(row[column] ?? "").replaceAll(/[ \t\r\n]+/g, " "))),
  );
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const widths = header.map((name, column) => Math.max(...[name, ...texts.map((row) => row[column]!)].map(widthOf)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const gap = " ".repeat(widths[column]! - widthOf(cell));
        return numeric[column] ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...texts.map(line)].join("\n");
}

/** The first characters of a text, with a sign where it goes on. */
export function shorten(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
