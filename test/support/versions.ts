import type { IncomingHttpHeaders } from "node:http";
import type { Call } from "./permissions.ts";

// The engine's S3 server keeps one version of each object and gives it no name; the stack's buckets are versioned. The name that
// stands in for it here is made of what changes with the object.

/** The version's name by the headers of an object's answer; undefined where there is no object in it. */
export function versionIdOf({ etag, "last-modified": modified }: IncomingHttpHeaders): string | undefined {
  return etag === undefined || modified === undefined ? undefined : nameOf(etag, modified);
}

/** A listing of versions with the names of all of them. */
export function withVersions(listing: string): string {
  return listing.replaceAll(/<Version>.*?<\/Version>/gs, (entry) => {
    const [etag, modified] = ["ETag", "LastModified"].map(
      (part) => new RegExp(`<${part}>(.*?)</${part}>`).exec(entry)![1]!,
    );
    return entry.replace(/<VersionId>null</, `<VersionId>${nameOf(etag!.replaceAll("&#34;", '"'), modified!)}<`);
  });
}

/** Path and headers of a call as the server understands them: without a version's name. */
export function unversioned({ path, headers }: Call): Pick<Call, "headers" | "path"> {
  const source = headers["x-amz-copy-source"];
  const { expect: _answered, ...rest } = headers;
  return {
    path: path.replace(/(?<=[?&])versionId=[^&]*&?/, "").replace(/[?&]$/, ""),
    headers: { ...rest, ...(source !== undefined && { "x-amz-copy-source": String(source).split("?versionId=")[0] }) },
  };
}

function nameOf(etag: string, modified: string): string {
  return `${etag.replaceAll('"', "")}.${Math.floor(Date.parse(modified) / 1000)}`;
}
