import { S3Client } from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { inboxFiles } from "#recovery/inbox.ts";
import { AnsweringServer } from "./answering-server.ts";

const server = new AnsweringServer();
let page: (marker: string | null) => string;
beforeEach(() => {
  server.asked.length = 0;
  server.answer = ({ url }) => ({
    body: `<ListVersionsResult>${page(url.searchParams.get("key-marker"))}</ListVersionsResult>`,
  });
});

async function listed() {
  const s3 = new S3Client({ ...server.client, forcePathStyle: true });
  const files = [];
  for await (const page of inboxFiles(s3, "inbox", "incoming/")) files.push(...page);
  return files;
}

function version(key: string, id: string, { latest = true, modified = "2026-01-02T03:04:05.000Z" } = {}): string {
  return (
    `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest>` +
    `<LastModified>${modified}</LastModified><ETag>&quot;e-${id}&quot;</ETag><Size>1</Size></Version>`
  );
}

describe("the files of the inbox", () => {
  it("are all versions of each, also those that a deletion hides", async () => {
    page = () =>
      "<DeleteMarker><Key>incoming/a/1.csv</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest></DeleteMarker>" +
      version("incoming/a/1.csv", "v2", { latest: false }) +
      version("incoming/a/1.csv", "v1", { latest: false });
    expect(await listed()).toMatchObject([{ versionId: "v2" }, { versionId: "v1" }]);
  });

  it("come page by page", async () => {
    page = (marker) =>
      marker === null
        ? version("incoming/a/1 &amp; 2.csv", "v1") +
          "<IsTruncated>true</IsTruncated><NextKeyMarker>incoming/a/1 &amp; 2.csv</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>"
        : version("incoming/a/3.csv", "v1") + "<IsTruncated>false</IsTruncated>";
    expect((await listed()).map(({ key }) => key)).toEqual(["incoming/a/1 & 2.csv", "incoming/a/3.csv"]);
    expect(server.asked.map(({ url }) => url.searchParams.get("version-id-marker"))).toEqual([null, "v1"]);
    expect(server.asked[0]!.url.searchParams.get("prefix")).toBe("incoming/");
  });

  it("have no version where the bucket has none, and are told apart by etag and second", async () => {
    page = () => version("incoming/a/1.csv", "null", { modified: "2026-01-02T03:04:05.678Z" });
    expect(await listed()).toEqual([
      { bucket: "inbox", key: "incoming/a/1.csv", etag: "e-null", lastModified: "2026-01-02T03:04:05.000Z" },
    ]);
  });

  it("are without what nobody can ask for any more: a version without a name below a later one", async () => {
    page = () => version("incoming/a/1.csv", "v1") + version("incoming/a/1.csv", "null", { latest: false });
    expect(await listed()).toMatchObject([{ versionId: "v1" }]);
  });

  it("are without folder markers", async () => {
    page = () => version("incoming/", "v1") + version("incoming/a/", "v1");
    expect(await listed()).toEqual([]);
  });
});
