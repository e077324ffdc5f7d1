import { expect, test } from "vitest";
import { required } from "../../handlers/validators/required.ts";
import { errorsOf, setting } from "./rules.ts";

const rule = required(["name", "images", "attributes.colour"], setting);

test("a product that has all of it passes, a flag that says no included", () => {
  expect(errorsOf(rule, { name: "x", images: ["1"], attributes: { colour: false } })).toEqual([]);
});

test("everything that is absent is told, each with its column", () => {
  const column = (name: string, what: string): object => ({
    code: "MISSING_ATTRIBUTE",
    message: `Column "${name}" is empty, and every product needs its ${what}: fill in the column.`,
    column: name,
  });
  const all = [column("NAME", "name"), column("IMAGES", "images"), column("ATTRIBUTES.COLOUR", "colour")];
  expect(errorsOf(rule, {})).toEqual(all);
  expect(errorsOf(rule, { name: " ", images: [], attributes: { colour: "" } })).toEqual(all);
});

test("a field that no column fills is called by its own name", () => {
  const joined = required(["name"], { ...setting, columnOf: () => undefined });
  expect(errorsOf(joined, {})).toEqual([
    {
      code: "MISSING_ATTRIBUTE",
      message: "The product's name is empty, and every product needs its name: fill in what it is made of.",
    },
  ]);
});
