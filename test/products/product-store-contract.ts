import { describe, expect, it } from "vitest";
import { contentHashOf } from "#products/content-hash.ts";
import { ProductRefused, type ProductStore, type ProductWrite, type Stored } from "#products/product-store.ts";
import { sourceVersionOf } from "#products/source-version.ts";

let skus = 0;

/** A write of a product of its own, as the import of `second` would make it. */
export function writeOf(second: number, name: string, sku: string, record = 1): ProductWrite {
  const product = { sku, name };
  const from = {
    eventTime: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
    sequencer: "",
    importId: `import-${second}`,
  };
  return {
    catalog: "test",
    sku,
    product,
    sourceVersion: sourceVersionOf(from, record),
    contentHash: contentHashOf(product),
    importId: from.importId,
    record,
  };
}

/** Writes a product over what is stored, looking again as long as others write in between. */
export async function overStored(store: ProductStore, write: ProductWrite): Promise<Stored> {
  for (;;) {
    const stored = await store.read(write.catalog, [write.sku], "latest");
    const end = await store.upsert({ ...write, over: stored.get(write.sku)?.sourceVersion });
    if (end.outcome !== "moved") return end;
  }
}

/** What every adapter behind the port must do; see `ProductStore`. */
export function productStoreContract(name: string, store: () => ProductStore): void {
  describe(`${name} keeps the contract of a product store`, () => {
    /** Writes over whatever is stored, as Import does once it has looked. */
    const upsert = async (write: ProductWrite) => (await overStored(store(), write)).outcome;
    const sku = () => `SKU-${++skus}`;

    it("says created for the first write of a key", async () => {
      expect(await upsert(writeOf(1, "Hat", sku()))).toBe("created");
    });

    it("says updated for a newer product that differs", async () => {
      const hat = sku();
      await upsert(writeOf(1, "Hat", hat));
      expect(await upsert(writeOf(2, "Warm hat", hat))).toBe("updated");
    });

    it("says unchanged for a newer product that is the same, and advances the source version", async () => {
      const hat = sku();
      await upsert(writeOf(1, "Hat", hat));
      expect(await upsert(writeOf(3, "Hat", hat))).toBe("unchanged");
      expect(await upsert(writeOf(2, "Old hat", hat))).toBe("superseded");
    });

    it("says superseded for an older product, and leaves the newer one as it is", async () => {
      const hat = sku();
      await upsert(writeOf(2, "Hat", hat));
      expect(await upsert(writeOf(1, "Old hat", hat))).toBe("superseded");
      expect(await upsert(writeOf(3, "Hat", hat))).toBe("unchanged");
    });

    it.each(["created", "updated", "unchanged"] as const)(
      "says %s again for the same source version",
      async (outcome) => {
        const hat = sku();
        if (outcome !== "created") await upsert(writeOf(1, outcome === "updated" ? "Old hat" : "Hat", hat));
        expect(await upsert(writeOf(2, "Hat", hat))).toBe(outcome);
        expect(await upsert(writeOf(2, "Hat", hat))).toBe(outcome);
      },
    );

    it("orders records of one file by their number: the last one wins, whichever is written first", async () => {
      const hat = sku();
      expect(await upsert(writeOf(1, "Last", hat, 10))).toBe("created");
      expect(await upsert(writeOf(1, "First", hat, 9))).toBe("superseded");
    });

    it("lets exactly one of many concurrent writes end as the newest", async () => {
      const hat = sku();
      const seconds = Array.from({ length: 20 }, (_, second) => second);
      const said = await Promise.all(seconds.map((second) => upsert(writeOf(second, `Hat ${second}`, hat))));
      expect(said.filter((outcome) => outcome === "created")).toHaveLength(1);
      expect(await upsert(writeOf(19, "Hat 19", hat))).not.toBe("superseded");
      expect(await upsert(writeOf(18, "Hat 18", hat))).toBe("superseded");
    });

    it("names the import whose newer product is stored", async () => {
      const hat = sku();
      await upsert(writeOf(2, "Hat", hat));
      expect(await overStored(store(), writeOf(1, "Old hat", hat))).toEqual({
        outcome: "superseded",
        supersededBy: "import-2",
      });
    });

    it("says moved where something older is stored that the write does not go over, and writes nothing", async () => {
      const hat = sku();
      const [first, second, third] = [writeOf(1, "Hat", hat), writeOf(2, "Cap", hat), writeOf(3, "Scarf", hat)];
      expect(await store().upsert({ ...first, over: second.sourceVersion })).toEqual({ outcome: "moved" });
      await upsert(first);
      expect(await store().upsert(third)).toEqual({ outcome: "moved" });
      expect(await store().upsert({ ...third, over: second.sourceVersion })).toEqual({ outcome: "moved" });
      expect((await store().read("test", [hat], "latest")).get(hat)).toMatchObject({ product: { name: "Hat" } });
      expect(await store().upsert({ ...third, over: first.sourceVersion })).toEqual({ outcome: "updated" });
    });

    it("never rolls back, whatever the write says that it goes over", async () => {
      const hat = sku();
      const newer = writeOf(2, "Hat", hat);
      await upsert(newer);
      const old = { ...writeOf(1, "Old hat", hat), over: newer.sourceVersion };
      expect((await store().upsert(old)).outcome).toBe("superseded");
    });

    it("takes a product away: what stays is its version, over which it is created anew", async () => {
      const hat = sku();
      const [first, later, last] = [writeOf(1, "Hat", hat), writeOf(3, "Cap", hat), writeOf(5, "Cap", hat)];
      await upsert(first);
      const gone = { ...first, product: undefined, sourceVersion: `${first.sourceVersion}/undone` };
      expect(await upsert(gone)).toBe("removed");
      expect(await upsert(gone)).toBe("removed");
      const mark = (await store().read("test", [hat], "latest")).get(hat)!;
      expect(mark).toMatchObject({ sourceVersion: gone.sourceVersion, outcome: "removed" });
      expect(mark.product).toBeUndefined();
      expect(await upsert(first)).toBe("superseded");
      expect(await upsert(later)).toBe("created");
      expect(await upsert(last)).toBe("unchanged");
    });

    it("reads what is stored under many keys, and misses those that have nothing", async () => {
      const hats = Array.from({ length: 230 }, () => sku());
      await Promise.all(hats.map((hat) => upsert(writeOf(1, `Hat ${hat}`, hat))));
      const stored = await store().read("test", [...hats, "none", hats[0]!], "latest");
      expect([...stored.keys()].sort()).toEqual([...hats].sort());
      expect(stored.get(hats[3]!)).toEqual({
        ...{
          sourceVersion: writeOf(1, "", hats[3]!).sourceVersion,
          product: { sku: hats[3], name: `Hat ${hats[3]!}` },
        },
        ...{
          contentHash: writeOf(1, `Hat ${hats[3]!}`, hats[3]!).contentHash,
          importId: "import-1",
          outcome: "created",
        },
      });
      expect(await store().read("other", hats)).toEqual(new Map());
    });

    it("keeps catalogues apart: the same sku in another one is created", async () => {
      const hat = sku();
      await upsert(writeOf(2, "Hat", hat));
      expect(await upsert({ ...writeOf(1, "Hat", hat), catalog: "other" })).toBe("created");
    });

    it("throws ProductRefused for a product that is too large to be stored", async () => {
      const large = writeOf(1, "x".repeat(500_000), sku());
      await expect(upsert(large)).rejects.toThrow(ProductRefused);
      expect(store().refusal(large.product!)).toContain("400 KB");
      expect(store().refusal({ ...large.product!, name: "ß".repeat(150_000) })).toBeUndefined();
    });
  });
}
