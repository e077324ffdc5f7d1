import { crc32, deflateRawSync } from "node:zlib";

export interface WorkbookParts {
  /** What stands inside `<sheetData>`. */
  readonly rows: string;
  readonly strings?: string;
  readonly styles?: string;
  readonly workbook?: string;
  /** Namespace prefix of the sheet's tags, with its colon. */
  readonly prefix?: string;
  /** What stands before `<sheetData>`. */
  readonly before?: string;
  /** What stands behind `</sheetData>`. */
  readonly behind?: string;
  /** What stands inside `<sheetData>` of a second sheet, whose relation is rId4. */
  readonly more?: string;
  /** Another name for a file of the archive. */
  readonly nameOf?: (name: string) => string;
  /** Another writing of the first sheet's text. */
  readonly encode?: (xml: string) => Buffer;
}

const relations = (list: readonly string[]): string =>
  `<Relationships>${list
    .map(
      (entry, i) =>
        `<Relationship Id="rId${i + 1}" Type="http://x/${entry.split(" ")[0]!}" Target="${entry.split(" ")[1]!}"/>`,
    )
    .join("")}</Relationships>`;

/** A workbook (.xlsx) of one sheet, as small as one can be. */
export function workbookFile(parts: WorkbookParts): Buffer {
  const { rows, strings = "", styles = "", workbook, prefix = "", before = "", behind = "", more = "" } = parts;
  const { nameOf = (name: string): string => name, encode = (xml: string): Buffer => Buffer.from(xml) } = parts;
  const files = {
    "_rels/.rels": relations(["officeDocument xl/workbook.xml"]),
    "xl/_rels/workbook.xml.rels": relations([
      "worksheet worksheets/sheet1.xml",
      "sharedStrings /xl/sharedStrings.xml",
      "styles styles.xml",
      "worksheet worksheets/sheet2.xml",
    ]),
    "xl/workbook.xml": `<workbook>${workbook ?? '<sheets><sheet name="A" r:id="rId1"/></sheets>'}</workbook>`,
    "xl/sharedStrings.xml": `<sst>${strings}</sst>`,
    "xl/styles.xml": `<styleSheet>${styles}</styleSheet>`,
    "xl/worksheets/sheet1.xml": encode(
      `<?xml version="1.0"?><${prefix}worksheet>${before}<${prefix}sheetData>${rows}</${prefix}sheetData>${behind}</${prefix}worksheet>`,
    ),
    "xl/worksheets/sheet2.xml": `<worksheet><sheetData>${more}</sheetData></worksheet>`,
  };
  return zipFile(Object.fromEntries(Object.entries(files).map(([name, content]) => [nameOf(name), content])));
}

/** A zip archive of files, text or bytes. */
export function zipFile(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\0"), common, tail, Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...directory, Buffer.from("PK\u0005\u0006"), end]);
}
