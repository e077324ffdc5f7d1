import { plainName } from "./field-names.ts";

/** What products of a group differ in, as files name it; as `plainName` writes it. */
const options = new Set(
  `size|color|colour|material|style|length|width|flavor|flavour|scent|pattern|finish|capacity|grosse|groesse|farbe|lange|geschmack|duft|muster|
taille|couleur|matiere|longueur|talla|tamano|color|sabor|taglia|colore|misura|materiale|maat|kleur|materiaal|rozmiar|kolor|tamanho|cor`.split(
    /\||\n/,
  ),
);

/** Whether a column's name is that of an option: Size, Farbe, Option: colour. */
export function isOption(name: string): boolean {
  const words = plainName(name).replace(/^(?:variant|option|attribute|attr)s? /, "");
  return options.has(words);
}

const localeNames = new Set(
  "locale|language|lang|language code|store view|store view code|sprache|sprachcode|langue|idioma|lingua|taal|jezyk".split(
    "|",
  ),
);

/** Whether a column names the language of its row. */
export function isLocaleColumn(name: string): boolean {
  return localeNames.has(plainName(name));
}
