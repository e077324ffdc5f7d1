import { FileRejected } from "#errors/catalogue.ts";
import type { Feed } from "#feeds/compile.ts";
import { noFeed } from "#imports/inbox-key.ts";

/** The feed a file belongs to. Throws FileRejected where there is none of that name. */
export function acceptedFeed(feeds: ReadonlyMap<string, Feed>, name: string): Feed {
  const feed = feeds.get(name);
  const known = [...feeds.keys()].sort().join(", ");
  if (name === noFeed) {
    throw new FileRejected(
      "UNKNOWN_FEED",
      `The file lies in no feed's folder: put it into incoming/<feed>/, with one of: ${known}.`,
    );
  }
  if (!feed) {
    throw new FileRejected(
      "UNKNOWN_FEED",
      `There is no feed "${name}": use one of ${known}, or add schemas/feeds/${name}.json.`,
    );
  }
  return feed;
}
