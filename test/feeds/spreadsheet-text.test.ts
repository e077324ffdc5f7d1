import { expect, test } from "vitest";
import { shownText, spreadsheetError } from "#feeds/spreadsheet-text.ts";
import { productOf, sentencesOf, smallFeed } from "../stages/run-stages.ts";

test.each([
  ['="0043"', "0043"],
  ['="a ""b"" c"', 'a "b" c'],
  ['=""', ""],
  ["=1+1", "=1+1"],
  ['="a"&"b"', '="a"&"b"'],
  ['="a', '="a'],
  ["=", "="],
  ["", ""],
])("%s is shown as %s", (text, shown) => {
  expect(shownText(text)).toBe(shown);
});

test("it is taken off in every cell, before cleansing", () => {
  const feed = smallFeed({
    columns: { name: { cleanse: ["trim"] } },
    unknownColumns: "attributes",
    mapping: { name: "name" },
  });
  expect(productOf(feed, 'id,name,more\n"=""0043""","="" x ""","=""0"""\n')).toEqual({
    sku: "0043",
    name: "x",
    attributes: { more: "0" },
  });
});

test.each([
  ..."#N/A #REF! #NAME? #VALUE! #DIV/0! #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA #FIELD! #BLOCKED! #CONNECT!".split(
    " ",
  ),
  ..."#UNKNOWN! #BUSY! #NV #WERT! #BEZUG! #ZAHL! #VALEUR! #NOM? #NOMBRE! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM!".split(" "),
  ..."#¡DIV/0! #VALORE! #RIF! #NOME? Err:509 #n/a".split(" "),
  " #N/A ",
])("%j is an error of a spreadsheet", (text) => {
  expect(spreadsheetError("price", text)).toMatchObject({ code: "SPREADSHEET_ERROR", column: "price" });
});

test.each(["#", "##", "#1", "#N/A is missing", "N/A", "Error", "Err", "", "# REF!", "#sale"])("%j is none", (text) => {
  expect(spreadsheetError("price", text)).toBeUndefined();
});

test("it fails the record, and the sentence names error and column", () => {
  const feed = smallFeed({ columns: { name: { cleanse: ["trim"] }, unused: {} }, unknownColumns: "attributes" });
  expect(sentencesOf(feed, "id,name,unused,more\n1,#REF!,#NV,#N/A\n")).toEqual([
    'SPREADSHEET_ERROR Column "name" has "#REF!", which is an error of the spreadsheet and no value: correct its formula and export it again.',
    'SPREADSHEET_ERROR Column "unused" has "#NV", which is an error of the spreadsheet and no value: correct its formula and export it again.',
    'SPREADSHEET_ERROR Column "more" has "#N/A", which is an error of the spreadsheet and no value: correct its formula and export it again.',
  ]);
});

test("a number that a narrow column hid is told as such", () => {
  expect(spreadsheetError("price", "#####")?.message).toBe(
    'Column "price" has "#####", which a spreadsheet shows where a column is too narrow: widen the column and export it again.',
  );
});
