/** Thrown where the file of a catalog is wrong; each fault names the path inside it. */
export class InvalidCatalog extends Error {
  override readonly name = "InvalidCatalog";
  readonly faults: readonly string[];
  constructor(catalog: string, faults: readonly string[]) {
    super(faults.map((fault) => `catalogs/${catalog}.json: ${fault}`).join("\n"));
    this.faults = faults;
  }
}
