import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import { InvalidFeed } from "#feeds/invalid-feed.ts";

/** Reads and compiles every `<feed>.json` of a folder. Throws InvalidFeed for the first file that is wrong. */
export function loadFeeds(folder: string): Map<string, Feed> {
  const feeds = new Map<string, Feed>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".json")) continue;
    const name = file.slice(0, -".json".length);
    feeds.set(name, compileFeed(name, readJson(name, join(folder, file))));
  }
  return feeds;
}

function readJson(name: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidFeed(name, [`the file is not JSON: ${error.message}`]);
    throw error;
  }
}
