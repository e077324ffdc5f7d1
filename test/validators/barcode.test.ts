import fc from "fast-check";
import { expect, test } from "vitest";
import { barcode, checkDigitOf } from "../../handlers/validators/barcode.ts";
import { errorsOf, setting } from "./rules.ts";

const rule = barcode(true, setting);

// GS1's own examples and well-known products.
test.each(["96385074", "036000291452", "4006381333931", "9783161484100", "10614141000415"])(
  "%s is a barcode",
  (code) => {
    expect(errorsOf(rule, { barcode: code })).toEqual([]);
  },
);

test("a wrong check digit is told with the right one", () => {
  expect(errorsOf(rule, { barcode: "4006381333932" })).toEqual([
    {
      code: "BAD_BARCODE",
      message:
        'Column "BARCODE" has "4006381333932", whose check digit is 2 where 1 fits the others: correct the barcode.',
      column: "BARCODE",
      value: "4006381333932",
    },
  ]);
});

test.each(["", "1", "123456789", "12345678901", "123456789012345"])("%j has not the length of one", (code) => {
  const errors = errorsOf(rule, { barcode: code });
  if (code === "")
    expect(errors).toEqual([]); // The product schema refuses it.
  else
    expect(errors[0]!.message).toBe(
      `Column "BARCODE" has "${code}", which has ${code.length} digits where a barcode has 8, 12, 13 or 14: correct the barcode.`,
    );
});

test("one wrong digit is always noticed", () => {
  const digits = fc
    .constantFrom(7, 11, 12, 13)
    .chain((length) => fc.array(fc.nat(9), { minLength: length, maxLength: length }).map((all) => all.join("")));
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (payload, at, by) => {
      const code = payload + checkDigitOf(payload);
      expect(errorsOf(rule, { barcode: code })).toEqual([]);
      const index = at % code.length;
      const wrong = code.slice(0, index) + String((Number(code[index]) + by) % 10) + code.slice(index + 1);
      expect(errorsOf(rule, { barcode: wrong })).toHaveLength(1);
    }),
  );
});

test("a feed that says false, and a product without barcode, are left alone", () => {
  expect(errorsOf(barcode(false, setting), { barcode: "4006381333932" })).toEqual([]);
  expect(errorsOf(rule, {})).toEqual([]);
});
