import { posix } from "node:path";
import { builtInFormat, declaredFormat, type NumberFormat } from "#csv/excel/number-format.ts";
import { attribute, tagsOf, type Tag } from "#csv/excel/xml.ts";
import { xmlText } from "#csv/excel/xml-encoding.ts";
import { entryName, startOf, unpack, zipEntries, type ZipEntry } from "#csv/excel/zip.ts";

/** What is needed to read the cells of a workbook's first sheet. */
export interface Workbook {
  /** The first sheet that is not hidden. */
  readonly sheet: ZipEntry;
  /** Its name, as its tab shows it. */
  readonly name: string;
  /** Names of the other sheets that are not hidden and hold something. */
  readonly others: readonly string[];
  /** Texts that cells refer to by number. */
  readonly strings: readonly string[];
  /** Number format of each cell style. */
  readonly formats: readonly NumberFormat[];
  /** Whether days are counted from 1904, as old Macs did. */
  readonly epoch1904: boolean;
}

/** Opens a workbook; no part of it but the sheet, which stays packed, may have more than `maxPartBytes`. */
export function openWorkbook(archive: Buffer, maxPartBytes: number): Workbook {
  const entries = zipEntries(archive);
  const read = (path: string): Iterable<Tag> => {
    const entry = entries.get(entryName(path));
    return entry === undefined ? [] : tagsOf(xmlText(unpack(entry, maxPartBytes)));
  };
  const root = relations(read, "").find(({ type }) => type.endsWith("/officeDocument"));
  const path = root?.target ?? "xl/workbook.xml";
  const related = relations(read, path);
  const tags = named(read(path), ["sheet", "workbookPr"]);
  const targets = new Map(
    related.filter(({ type }) => type.endsWith("/worksheet")).map(({ id, target }) => [id, target]),
  );
  const sheets = tags
    .filter((tag) => tag.name === "sheet")
    .map((tag) => ({
      name: attribute(tag, "name") ?? "",
      hidden: attribute(tag, "state")?.toLowerCase().includes("hidden") === true,
      entry: entries.get(entryName(targets.get(attribute(tag, "id") ?? "") ?? "")),
    }))
    .filter((sheet) => sheet.entry !== undefined);
  const first = sheets.find(({ hidden }) => !hidden) ?? sheets[0];
  if (first?.entry === undefined) throw new Error("The workbook has no sheet");
  const part = (type: string): Iterable<Tag> =>
    read(related.find((relation) => relation.type.endsWith(type))?.target ?? "");
  const properties = tags.find(({ name }) => name === "workbookPr");
  return {
    sheet: first.entry,
    name: first.name,
    others: sheets
      .slice(0, mostSheets)
      .filter((sheet) => sheet !== first && !sheet.hidden && holdsSomething(sheet.entry!))
      .map(({ name }) => name),
    strings: stringsOf(part("/sharedStrings")),
    formats: formatsOf(part("/styles")),
    epoch1904: ["1", "true"].includes((properties && attribute(properties, "date1904")) ?? ""),
  };
}

/** Sheets that are looked at for something in them. */
const mostSheets = 100;

/** Whether a cell with a value stands among the first of a sheet; one far below empty ones is not looked for. */
function holdsSomething(sheet: ZipEntry): boolean {
  return /<(?:[\w.-]+:)?[vt][\s>]/.test(startOf(sheet).toString("latin1"));
}

interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
}

function relations(read: (path: string) => Iterable<Tag>, of: string): Relation[] {
  const folder = posix.dirname(of);
  const tags = named(read(posix.join(folder, "_rels", `${posix.basename(of)}.rels`)), ["Relationship"]);
  return tags.map((tag) => ({
    id: attribute(tag, "Id") ?? "",
    type: attribute(tag, "Type") ?? "",
    target: posix.resolve("/", folder, (attribute(tag, "Target") ?? "").replaceAll("\\", "/")).slice(1),
  }));
}

/** More sheets, or relations to parts, has no workbook. */
const mostNamed = 20_000;

/** The tags of these names; all others go by without being kept. */
function named(tags: Iterable<Tag>, names: readonly string[]): Tag[] {
  const found: Tag[] = [];
  for (const tag of tags) {
    if (tag.kind === "close" || !names.includes(tag.name)) continue;
    found.push(tag);
    if (found.length > mostNamed) throw new Error(`The workbook has more than ${mostNamed} of ${names.join(", ")}`);
  }
  return found;
}

function stringsOf(tags: Iterable<Tag>): string[] {
  const strings: string[] = [];
  let text = "";
  let phonetic = false;
  for (const { name, kind, text: before } of tags) {
    if (name === "si") {
      if (kind !== "open") strings.push(unescape(text));
      text = "";
    } else if (name === "rPh") {
      // How to pronounce the text is no part of it.
      phonetic = kind === "open";
    } else if (name === "t" && kind === "close" && !phonetic) {
      text += before;
    }
  }
  return strings;
}

function formatsOf(tags: Iterable<Tag>): NumberFormat[] {
  const declared = new Map<string, NumberFormat>();
  const formats: NumberFormat[] = [];
  let inCellFormats = false;
  for (const tag of tags) {
    if (tag.name === "cellXfs") {
      inCellFormats = tag.kind === "open";
    } else if (tag.name === "numFmt" && tag.kind !== "close") {
      declared.set(attribute(tag, "numFmtId") ?? "", declaredFormat(attribute(tag, "formatCode") ?? ""));
    } else if (tag.name === "xf" && inCellFormats && tag.kind !== "close") {
      const id = attribute(tag, "numFmtId") ?? "0";
      formats.push(declared.get(id) ?? builtInFormat(Number(id)));
    }
  }
  return formats;
}

/** Text with the characters that XML cannot hold, which Excel writes as `_x000D_`. */
export function unescape(text: string): string {
  return text.includes("_x")
    ? text
        .replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
        // No text has it, and no sheet shows it.
        .replaceAll("\0", "")
    : text;
}
