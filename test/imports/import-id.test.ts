import { describe, expect, it } from "vitest";
import { importIdOf } from "#imports/import-id.ts";

const file = { bucket: "inbox", key: "incoming/bagisto/a.csv", etag: "e1", lastModified: "2026-01-01T00:00:00.000Z" };

describe("importIdOf", () => {
  it("is the same for the same version, whatever else an event says", () => {
    const version = { ...file, versionId: "v1" };
    expect(importIdOf(version)).toBe(importIdOf({ ...version, lastModified: "2027-01-01T00:00:00.000Z", etag: "e2" }));
  });

  it.each([
    ["version", { ...file, versionId: "v2" }],
    ["key", { ...file, versionId: "v1", key: "incoming/bagisto/b.csv" }],
    ["bucket", { ...file, versionId: "v1", bucket: "other" }],
  ])("differs by %s", (_name, other) => {
    expect(importIdOf({ ...file, versionId: "v1" })).not.toBe(importIdOf(other));
  });

  it.each([
    ["etag", { ...file, etag: "e2" }],
    ["last modified", { ...file, lastModified: "2026-01-01T00:00:01.000Z" }],
  ])("differs by %s on a bucket without versions", (_name, other) => {
    expect(importIdOf(file)).not.toBe(importIdOf(other));
  });

  it("is 32 hex digits", () => {
    expect(importIdOf(file)).toMatch(/^[0-9a-f]{32}$/);
  });
});
