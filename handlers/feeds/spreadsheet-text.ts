import { uncalculated } from "#csv/excel/sheet-cell.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { badCell } from "#feeds/bad-cell.ts";

/** A cell as a spreadsheet shows it: `="0043"`, by which exports keep a number text, is 0043. Every other formula stays as it is. */
export function shownText(text: string): string {
  return text.charCodeAt(0) === equals && asText.test(text) ? text.slice(2, -1).replaceAll('""', '"') : text;
}

const equals = 0x3d;
const asText = /^="(?:[^"]|"")*"$/;

/** What is wrong with a cell that holds an error of a spreadsheet by its name, as a formula does that found no value. */
export function spreadsheetError(column: string, text: string): RecordError | undefined {
  if (!mayBeError(text)) return undefined;
  const name = text.trim();
  if (errors.has(name.toUpperCase()) || officeError.test(name)) {
    const problem = "which is an error of the spreadsheet and no value: correct its formula and export it again.";
    return badCell("SPREADSHEET_ERROR", column, name, problem);
  }
  if (name === uncalculated) {
    const problem =
      "which stands for a formula whose result the workbook lacks: open it in a spreadsheet, save it, and send it again.";
    return badCell("SPREADSHEET_ERROR", column, name, problem);
  }
  if (tooNarrow.test(name)) {
    const problem = "which a spreadsheet shows where a column is too narrow: widen the column and export it again.";
    return badCell("SPREADSHEET_ERROR", column, name, problem);
  }
  return undefined;
}

/** By the first character, or the second behind an E, since every cell is asked. */
function mayBeError(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === 0x23 || first <= 0x20 || first === 0xa0 || (first === 0x45 && text.charCodeAt(1) === 0x72);
}

/** LibreOffice numbers the errors that it has no name for. */
const officeError = /^Err:\d{3}$/;
const tooNarrow = /^#{3,}$/;

/** As spreadsheets write them in English, and in the languages of their users. */
const errors = new Set(
  [
    "#N/A #REF! #NAME? #VALUE! #DIV/0! #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA #FIELD! #BLOCKED! #CONNECT! #UNKNOWN! #BUSY!",
    "#ERROR! #EXTERNAL! #PYTHON! #TIMEOUT!",
    "#NV #WERT! #BEZUG! #ZAHL! #ÜBERLAUF! #KALK!",
    "#VALEUR! #NOM? #NOMBRE! #NUL! #PROPAGATION!",
    "#N/D #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! #¡NULO! #¡DIV/0! #¡DESBORDAMIENTO! #¡CALC!",
    "#VALORE! #RIF! #NOME? #NULLO!",
    "#VALOR! #NÚM! #NULO! #DESPEJAR!",
    "#N/B #WAARDE! #VERW! #NAAM? #GETAL! #DEEL/0! #LEEG! #OVERLOOP!",
    "#N/D! #ARG! #ADR! #NAZWA? #LICZBA! #DZIEL/0! #ZERO!",
    "#NENÍ_K_DISPOZICI #HODNOTA! #ODKAZ! #NÁZEV? #ČÍSLO! #DĚLENÍ_NULOU!",
    "#SAKNAS! #VÄRDEFEL! #REFERENS! #NAMN? #OGILTIGT! #DIVISION/0! #SKÄRNING!",
    "#I/T #VÆRDI! #REFERENCE! #NAVN? #VERDI!",
    "#PUUTTUU! #ARVO! #VIITTAUS! #NIMI? #LUKU! #JAKO/0! #TYHJÄ!",
    "#Н/Д #ЗНАЧ! #ССЫЛКА! #ИМЯ? #ЧИСЛО! #ДЕЛ/0! #ПУСТО! #ПЕРЕНОС!",
    "#YOK #DEĞER! #BAŞV! #AD? #SAYI! #SAYI/0! #BOŞ! #TAŞMA!",
    "#HIÁNYZIK #ÉRTÉK! #HIV! #NÉV? #SZÁM! #ZÉRÓOSZTÓ! #NULLA!",
  ].flatMap((names) => names.split(" ")),
);
