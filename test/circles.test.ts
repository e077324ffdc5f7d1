import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

describe.each(["handlers", "infra", "scripts"])("%s", (folder) => {
  it("imports nothing in a circle, types included", () => {
    expect(circleIn(importsIn(folder))).toEqual([]);
  });
});

it("tells a circle by the files that it goes through", () => {
  const imports = { a: ["b"], b: ["c", "d"], c: [], d: ["e"], e: ["b"] };
  expect(circleIn(new Map(Object.entries(imports)))).toEqual(["b", "d", "e", "b"]);
});

/** What each file of a folder imports from the same folder: types that two files share live in a third. */
function importsIn(folder: string): Map<string, readonly string[]> {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root });
  expect(files.length).toBeGreaterThan(20);
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
      const imported = importedFiles.map(({ fileName: name }) =>
        name.startsWith("#") ? join("handlers", name.slice(1)) : join(file, "..", name),
      );
      return [file, imported.filter((name) => known.has(name))];
    }),
  );
}

/** The first circle that is found, its first file named again at the end; empty where there is none. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const circle = follow(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = follow(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
