import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { noFeed } from "#imports/inbox-key.ts";
import type { FeedCatalogs } from "#reprocessing/select.ts";

/**
 * The feeds of this checkout with their catalogs. They are not checked: the build does that, and only names are needed. A file that
 * is not JSON is told and left out: somebody may be at work on it.
 */
export function feedsOfCheckout(
  folder = join(import.meta.dirname, "../../schemas/feeds"),
  note: (sentence: string) => void = console.error,
): FeedCatalogs {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  const feeds = new Map<string, { catalog: string }>();
  for (const file of files) {
    try {
      feeds.set(basename(file, ".json"), JSON.parse(readFileSync(join(folder, file), "utf8")) as { catalog: string });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      note(`feeds/${file} is not JSON and left out: correct it, if this command is to know of the feed.`);
    }
  }
  return feeds;
}

/**
 * The names under which imports may be listed: the feeds that are known, the folders of the inbox (a file for a feed that
 * nobody has declared was rejected, and is to be seen), and the name for files outside any folder.
 */
export async function listedFeeds(known: FeedCatalogs, s3: S3Client, inbox: string): Promise<string[]> {
  const names = new Set(known.keys());
  // From folder to folder, past all that is in it; the local S3 server fails where a listing asks for folders only.
  let after = "incoming/";
  for (;;) {
    const input = { Bucket: inbox, Prefix: "incoming/", StartAfter: after };
    const { Contents = [] } = await s3.send(new ListObjectsV2Command(input));
    const folders = Contents.map(({ Key = "" }) => Key.split("/")).flatMap(([, name, file]) =>
      name && file !== undefined ? [name] : [],
    );
    for (const name of folders) names.add(name);
    const last = Contents.at(-1)?.Key;
    if (last === undefined) return [...names, noFeed];
    // In the order of keys 0 follows /, so this is the end of the folder.
    after = last.split("/").length > 2 ? `incoming/${last.split("/")[1]!}0` : last;
  }
}
