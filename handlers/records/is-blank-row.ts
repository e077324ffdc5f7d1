/** Whether nothing stands in any of the cells; white space is nothing. Every path decides alike. */
export function isBlankRow(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === "" || cell.trim() === "");
}
