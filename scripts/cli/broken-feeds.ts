import type { InvalidFeed } from "#feeds/invalid-feed.ts";

/** Says that a feed is left out, and every fault of it. */
export function leftOutText({ feed, message }: InvalidFeed): string {
  return `The feed ${feed} is wrong and left out; correct its file, and "npm run feeds -- check" says whether all is well:\n${message}`;
}
