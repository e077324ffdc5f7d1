import { fstatSync, ftruncateSync, readFileSync, writeSync } from "node:fs";
import type { DraftFeed } from "./draft.ts";

const widest = 120;
/** What is written over several lines however short it is. */
const open = new Set(["", "columns", "mapping", "attributes", "variants", "translations"]);

/** A feed as text: a line a column and a field, as the feeds that ship are written. */
export function feedText(feed: DraftFeed): string {
  return `${text(feed, "", 0, "")}\n`;
}

function text(value: unknown, name: string, indent: number, before: string): string {
  const short = spaced(value);
  if (value === null || typeof value !== "object") return short;
  const fits = indent + before.length + short.length + 1 <= widest;
  if ((!open.has(name) || Object.keys(value).length === 0) && fits) return short;
  const inner = " ".repeat(indent + 2);
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${text(item, "-", indent + 2, "")}`)
    : Object.entries(value).map(([key, item]) => {
        const start = `${JSON.stringify(key)}: `;
        return `${inner}${start}${text(item, indent === 0 || name === "mapping" ? key : "-", indent + 2, start)}`;
      });
  const [left, right] = Array.isArray(value) ? "[]" : "{}";
  return `${left}\n${items.join(",\n")}\n${" ".repeat(indent)}${right}`;
}

/** On one line, with blanks as prettier has them. */
function spaced(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/**
 * Writes a feed on stdout. npm writes what it runs in front of that, unless it is told --silent, and a file with both would be no
 * JSON: where stdout is a file with nothing in it but those lines, the feed takes their place.
 */
export function writeFeed(feed: DraftFeed): void {
  const written = feedText(feed);
  const isFile = fstatSync(1).isFile();
  if (!isFile || !onlyOfNpm()) {
    process.stdout.write(written);
    return;
  }
  ftruncateSync(1, 0);
  writeSync(1, written, 0);
}

function onlyOfNpm(): boolean {
  try {
    return /^\n> [^\n]+@[^\n]+ feeds\n> [^\n]+\n\n$/.test(readFileSync("/dev/fd/1", "utf8"));
  } catch {
    // No such file here, or none that can be read: it stays as it is.
    return false;
  }
}
