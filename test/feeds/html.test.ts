import fc from "fast-check";
import { expect, test } from "vitest";
import { stripHtml } from "#feeds/html.ts";

test.each([
  ["<p>Black floor lamp</p>", "Black floor lamp"],
  ["<h6><span>Ingredients</span></h6>\n<p>Oak, <b>brass</b>.</p>", "Ingredients \nOak, brass."],
  ["one<br/>two<br>three", "one two three"],
  ["H<sub>2</sub>O", "H2O"],
  ["Salt &amp; pepper &euro;5 &#8364;5 &#x20AC;5&nbsp;each", "Salt & pepper €5 €5 €5\u00a0each".replace("\u00a0", " ")],
  ["<style>p { color: red }</style><p>red</p><script>alert('<p>')</script>", "red"],
  ["a <!-- <b>gone</b> --> z", "a  z"],
  ['<a href="https://example.com/?a=1&amp;b=2">shop</a>', "shop"],
])("%j becomes the text %j", (html, text) => {
  expect(stripHtml(html)).toBe(text);
});

test.each([
  "a < b and c > d",
  "R&D",
  "5 <6",
  "&unknown; &#0; &#xD800; &#99999999;",
  "cut off <b in the middle",
  "I <3 you",
])("%j is no HTML and stays", (text) => {
  expect(stripHtml(text)).toBe(text);
});

test("text without < and & is never changed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/[<&]/.test(text));
      expect(stripHtml(text)).toBe(text);
    }),
  );
});

test.each(["<p>", "<script>", "<!--", "<", "&", "</", "<style ", "<!-->"])(
  "a megabyte of %j takes no quadratic time",
  (piece) => {
    const html = piece.repeat(1_000_000 / piece.length);
    const start = performance.now();
    stripHtml(html);
    expect(performance.now() - start).toBeLessThan(2000);
  },
);
