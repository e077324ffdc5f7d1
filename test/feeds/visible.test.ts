import fc from "fast-check";
import { expect, test } from "vitest";
import { quote } from "#feeds/bad-cell.ts";
import { visible } from "#feeds/visible.ts";
import { exampleText } from "#warnings/example-text.ts";
import { table } from "../../scripts/cli/table.ts";
import { sentencesOf, smallFeed } from "../stages/run-stages.ts";

test.each([
  ["na\u200bme", "na⟨U+200B⟩me"],
  ["a\u00a0b", "a⟨U+00A0⟩b"],
  ["\ufeffa\u00ad", "⟨U+FEFF⟩a⟨U+00AD⟩"],
  ["a\u200e\u202eb", "a⟨U+200E⟩⟨U+202E⟩b"],
  ["a\u0000\u0085\n\tb", "a⟨U+0000⟩⟨U+0085⟩\n\tb"],
  ["a\u2028b", "a⟨U+2028⟩b"],
  ["a\u200db", "a⟨U+200D⟩b"],
  ["❤\ufe0f\u200d", "❤\ufe0f⟨U+200D⟩"],
  ["a\u{e0041}", "a⟨U+E0041⟩"],
])("%j is shown as %s", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each(["Stühl", "Stu\u0308hl", "Стул", "椅子　一", "كرسي", "🧦", "👩‍🚒", "❤️", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "🏳️‍🌈", ""])(
  "%s stays as it is",
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

test("what is shown stays as it is, and has nothing left that is not seen", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(visible(visible(text))).toBe(visible(text));
      expect(visible(text)).not.toMatch(/[\u0085\u200b\u00a0\u00ad\ufeff\u202e]/u);
    }),
  );
});

test("sentences, examples of warnings, the page and tables show it", () => {
  const feed = smallFeed({ columns: { price: {} }, mapping: { price: { from: "price", currency: "EUR" } } });
  expect(sentencesOf(feed, "id,price\n7,1\u200b2\n")[0]).toContain('Column "price" has "1⟨U+200B⟩2", which');
  expect(quote("a\u200b")).toBe('"a⟨U+200B⟩"');
  expect(exampleText({ key: "A\u00ad", column: "na\u200bme", value: "x\u00a0", became: "x" })).toBe(
    'key "A⟨U+00AD⟩", column "na⟨U+200B⟩me": "x⟨U+00A0⟩" became "x"',
  );
  expect(table(["key"], [["A\u200b\n\u00a0"]])).toContain("A⟨U+200B⟩ ⟨U+00A0⟩");
});
