import { expect, it } from "vitest";
import { differenceOf } from "../../scripts/e2e/contents.ts";

it("tells what has come and what has gone between two contents", () => {
  expect(differenceOf(["a", "b"], ["b", "c"])).toEqual(["gone: a", "new: c"]);
  expect(differenceOf(["a", "b"], ["b", "a"])).toEqual([]);
});
