/** The feed an inbox key belongs to: `incoming/<feed>/…`, or `preview/<feed>/…` for a file that is only looked at. A file outside any feed's folder gets a name no feed can have. */
export const noFeed = "(none)";

/** Splits an inbox key into its feed and its file name. Keys in EventBridge events are not URL-encoded, so nothing is decoded. */
export function readInboxKey(key: string): {
  readonly feed: string;
  readonly name: string;
  readonly folderMarker: boolean;
  readonly isPreview: boolean;
} {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const feed = parts.length > 2 && parts[1] ? parts[1] : noFeed;
  return { feed, name, folderMarker: name === "", isPreview: parts[0] === "preview" };
}
