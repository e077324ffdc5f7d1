import { describe, expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import type { FeedFile, Source } from "#feeds/feed.ts";
import { fileNameOf } from "#imports/file-name.ts";
import { restructureCsv, smallFeed } from "./run-stages.ts";

const columns: FeedFile["columns"] = { Handle: { cleanse: ["trim"] }, Size: {}, sku: {}, "code-{n}": {} };
const feedOf = (key: Source, more: Partial<FeedFile> = {}) => smallFeed({ key, columns, ...more });
const keyOf = (key: Source, csv: string) => {
  const [line] = restructureCsv(feedOf(key), csv);
  return line?.kind === "restructured" || line?.kind === "failed" ? line.key : undefined;
};
const errorsOf = (key: Source, csv: string) => {
  const [line] = restructureCsv(feedOf(key), csv);
  return line?.kind === "failed" ? line.errors.map(({ code, message }) => `${code} ${message}`) : [];
};
const joined: Source = { join: ["Handle", "Size"], with: "-" };

describe("a key made of cells", () => {
  test.each<[string, Source, string, string]>([
    ["joins", joined, "Size,Handle\nM, sock \n", "sock-M"],
    ["falls back", { firstOf: ["sku", "Handle"] }, "Handle\nsock\n", "sock"],
    ["takes the first that is there", { firstOf: ["sku", "Handle"] }, "Handle,sku\nsock,7\n", "7"],
    ["takes a part", { from: "sku", split: "/", part: -1 }, "sku\na/b/0017\n", "0017"],
    ["has a constant", { join: [{ constant: "X" }, "sku"], with: "." }, "sku\n1\n", "X.1"],
    ["is one of a pattern's columns", "code-2", "code-1,code-2\na,b\n", "b"],
  ])("%s", (_, key, csv, expected) => {
    expect(keyOf(key, csv)).toBe(expected);
    expect(errorsOf(key, csv)).toEqual([]);
  });

  test("has its cells beside it", () => {
    expect(restructureCsv(feedOf(joined), "id,Handle,Size\n1,sock,M\n")).toMatchObject([
      { kind: "restructured", key: "sock-M", cells: ["1", "sock", "M", null, null] },
    ]);
  });

  test("a column that it needs is required, and one that can be done without is not", () => {
    expect(feedOf(joined).headerRules.required).toEqual(["Handle", "Size"]);
    expect(feedOf({ join: ["Handle", { firstOf: ["Size", "sku"] }] }).headerRules.required).toEqual(["Handle"]);
    expect(feedOf({ join: ["Handle", { from: "Size", default: "-" }] }).headerRules.required).toEqual(["Handle"]);
    expect(feedOf("code-2").headerRules.required).toEqual(["code-2"]);
  });

  test("a cell that it needs is never passed over", () => {
    expect(errorsOf(joined, "Handle,Size\nsock,\n")).toEqual([
      'MISSING_KEY The key column "Size" is empty: fill in the product\'s key.',
    ]);
    expect(errorsOf({ firstOf: ["sku", "Handle"] }, "Handle,sku,id\n,,1\n")).toEqual([
      'MISSING_KEY The columns "sku", "Handle" make no key: fill in the product\'s key.',
    ]);
    expect(keyOf({ join: ["Handle", { firstOf: ["Size"] }], with: "-" }, "Handle,Size\nsock,\n")).toBe("sock");
  });

  test("none of its cells can be what no key is", () => {
    expect(errorsOf(joined, 'Handle,Size\n"4,00638E+12",M\n')[0]).toMatch(
      /^BAD_KEY Column "Handle" has "4,00638E\+12"/,
    );
    expect(errorsOf(joined, "Handle,Size\n#N/A,M\n")).toHaveLength(1);
  });

  test("as a whole it has the form of the feed's keys", () => {
    const [line] = restructureCsv(feedOf(joined, { keyPattern: "[a-z]+-[A-Z]" }), "Handle,Size\nsock,10\n");
    expect(line).toMatchObject({ kind: "failed", key: "sock-10", errors: [{ code: "BAD_KEY", column: "Handle" }] });
  });

  test("is known of a record that fails as a whole where all its cells are sure", () => {
    expect(keyOf("Handle", "Handle,Size\nsock\n")).toBe("sock");
    expect(keyOf(joined, "Handle,Size,x\nsock,M\n")).toBeUndefined();
    expect(keyOf(joined, 'Handle,Size,x\nsock,M,a"b\n')).toBe("sock-M");
    expect(keyOf(joined, 'Handle,x,Size\nsock,a"b,M\n')).toBeUndefined();
  });

  test("blank records are blank", () => {
    expect(restructureCsv(feedOf({ of: "record" }), "Handle,Size\n,\n\nsock,M\n")).toMatchObject([
      { kind: "blank" },
      { kind: "blank" },
      { kind: "restructured", key: "3" },
    ]);
  });
});

describe("a key made of the file", () => {
  const key: Source = { join: [{ of: "file" }, { of: "record" }], with: "-" };

  test("has its name, and the number of the record", () => {
    const [, second] = restructureCsv(feedOf(key), "id\n7\n8\n");
    expect(second).toMatchObject({ kind: "restructured", key: "-2" });
    expect(feedOf(key).madeKey?.ofFile).toBe(true);
    expect(feedOf(joined).madeKey?.ofFile).toBe(false);
  });

  test.each([
    ["incoming/shoes/2024/spring.csv.gz", "spring"],
    ["incoming/shoes/a.b.TXT", "a.b"],
    ["x.xlsx", "x"],
    ["x", "x"],
  ])("the name of %s is %s", (path, name) => {
    expect(fileNameOf(path)).toBe(name);
  });
});

test.each<[Source, string]>([
  [{ join: ["Handle", "x"] }, '/key/join/1: no column "x" is declared'],
  ["x", '/key: no column "x" is declared'],
  ["code-{n}", '/key: "code-{n}" may be several columns of a file: name one of them'],
  [{ from: "Handle", else: "omit" }, '/key: "else" is not a setting of the key'],
  [{ from: "Handle", currency: "EUR" }, '/key: "currency" is not a setting of the key'],
  ["flag", '/key: the column "flag" does not hold text of the file'],
])("%j is refused as a key", (key, fault) => {
  const json = {
    catalog: "c",
    key,
    columns: { ...columns, flag: { cleanse: [{ boolean: { yes: ["y"], no: ["n"] } }] } },
    mapping: {},
  };
  expect(() => compileFeed("f", json)).toThrow(`feeds/f.json: ${fault}`);
  const message = (() => {
    try {
      compileFeed("f", json);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  })();
  expect(message.split("\n")).toEqual([...new Set(message.split("\n"))]);
});
