import { join } from "node:path";
import type { Feed } from "#feeds/compile.ts";
import { loadFeeds } from "#feeds/load.ts";

/** The feeds that lie beside the bundle, read and compiled once a cold start. */
export const feeds: ReadonlyMap<string, Feed> = loadFeeds(join(import.meta.dirname, "feeds"));

/** The feed that Plan has accepted. Throws where it is not deployed: then Plan and this Lambda come from two deploys. */
export function feedOf(known: ReadonlyMap<string, Feed>, name: string): Feed {
  const feed = known.get(name);
  if (!feed) throw new Error(`Feed ${name} is not deployed with this Lambda, though Plan has accepted it.`);
  return feed;
}
