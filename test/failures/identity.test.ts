import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { identityOf } from "#failures/identity.ts";

const id = `${"0123456789abcdef".repeat(2)}-1-7`;
const other = `${"f".repeat(32)}-2-9`;
const width = 5;
const failure = 2;
const find = (text: string) => identityOf(parseRecord(text, { delimiter: "," }), failure, width);

describe("the identity of a returned row", () => {
  it.each([
    ["in its column", `A,Hat,${id},7,`],
    ["in its column, whatever stands elsewhere", `${other},Hat,${id},7,`],
    ["in its column with blanks around it", `A,Hat, ${id} ,7,`],
    ["in a row with a cell too many", `A,Hat,1,50,${id},7,`],
    ["in a row with a cell too few", `A,${id},7,`],
    ["in a quoted row with a cell too many", `"A","Hat",1,50,"${id}","7",""`],
    ["in a row that lines up by accident", `A,Hat,1,${id},7`],
    ["beside a quote that is not closed", `A,"Hat,${id},7,`],
    ["between quotes of a malformed row", `A,say "x",'${id}',"${id}",`],
  ])("is found %s", (_where, text) => {
    expect(find(text)).toBe(id);
  });

  it.each([
    ["nobody has written one", "A,Hat,,7,"],
    ["it is a part of a text", `A,Hat,1,50,Failure ${id} is open,7,`],
    ["there are two", `A,${id},${other}`],
    ["two stand in a malformed row", `A,say "x",${id},${other},`],
    ["the row is empty", ""],
  ])("is none where %s", (_why, text) => {
    expect(find(text)).toBeUndefined();
  });

  it("is what stands in its column, if it is no identity and none stands elsewhere: it is told back", () => {
    expect(find("A,Hat,mine,7,")).toBe("mine");
  });

  it("is found wherever a slip has moved it", () => {
    const cell = fc.string().filter((text) => !text.includes(id.slice(0, 32)));
    fc.assert(
      fc.property(fc.array(cell), fc.array(cell), (before, after) => {
        const text = [...before, id, ...after].join(",");
        const row = parseRecord(text, { delimiter: "," });
        fc.pre(isMalformed(row) || row.includes(id));
        fc.pre(isMalformed(row) || row.length !== width);
        expect(identityOf(row, failure, width)).toBe(id);
      }),
    );
  });
});
