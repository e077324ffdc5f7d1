import { basename, join } from "node:path";
import { readFeed, readFeeds, sharedIn } from "#feeds/load.ts";
import type { Feed } from "#feeds/compile.ts";
import { leftOutText } from "../cli/broken-feeds.ts";
import { CannotDo } from "../cli/endings.ts";
import { Output } from "../cli/output.ts";
import type { Arguments, CommandName } from "./arguments.ts";
import { check, checkText } from "./check.ts";
import { tryFile } from "./try.ts";
import { trialText } from "./try-text.ts";

const schemas = join(import.meta.dirname, "../../schemas");

/** What each command does, with its exit code. */
export const runs: Readonly<Record<CommandName, (args: Arguments) => Promise<number> | number>> = {
  check({ values }) {
    const checked = check(schemas);
    new Output(values.json ?? false).answer(checked, () => checkText(checked));
    return checked.some(({ faults }) => faults.length > 0) ? 1 : 0;
  },

  async try({ file, values }) {
    const output = new Output(values.json ?? false);
    const trial = await tryFile(file, feedOf(values.feed!), Number(values.records ?? 5));
    output.answer(trial, () => trialText(trial));
    return trial.rejection ? 3 : 0;
  },

  async suggest({ file, values }) {
    const { suggestFeed } = await import("./suggest.ts");
    const { writeFeed } = await import("./write-feed.ts");
    const { json, doubts } = await suggestFeed(file, { ...values, feeds: join(schemas, "feeds") });
    writeFeed(json);
    for (const doubt of doubts) console.error(doubt);
    return 0;
  },
};

/**
 * The feed of that name, or in that file. Throws InvalidFeed where it is wrong; another one that is wrong stops nothing and is told
 * on stderr.
 */
function feedOf(given: string): Feed {
  if (given.endsWith(".json")) return readFeed(basename(given, ".json"), given, sharedIn(schemas));
  const { feeds, broken } = readFeeds(join(schemas, "feeds"));
  const wrong = broken.get(given);
  if (wrong) throw wrong;
  for (const other of broken.values()) console.error(leftOutText(other));
  const feed = feeds.get(given);
  if (feed) return feed;
  const names = [...feeds.keys()].join(", ");
  throw new CannotDo(`There is no feed "${given}": use one of ${names}, or name a file (x.json).`);
}
