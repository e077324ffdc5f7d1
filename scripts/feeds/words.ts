/** Words for yes and no that belong together, in several languages; small letters. */
export const flagWords: readonly { readonly yes: readonly string[]; readonly no: readonly string[] }[] = [
  { yes: ["true"], no: ["false"] },
  { yes: ["yes"], no: ["no"] },
  { yes: ["y"], no: ["n"] },
  { yes: ["1"], no: ["0"] },
  { yes: ["on"], no: ["off"] },
  { yes: ["ja"], no: ["nein"] },
  { yes: ["j"], no: ["n"] },
  { yes: ["wahr"], no: ["falsch"] },
  { yes: ["oui"], no: ["non"] },
  { yes: ["o"], no: ["n"] },
  { yes: ["vrai"], no: ["faux"] },
  { yes: ["sí"], no: ["no"] },
  { yes: ["si"], no: ["no"] },
  { yes: ["s"], no: ["n"] },
  { yes: ["verdadero"], no: ["falso"] },
  { yes: ["sì"], no: ["no"] },
  { yes: ["vero"], no: ["falso"] },
  { yes: ["ja"], no: ["nee"] },
  { yes: ["waar"], no: ["onwaar"] },
  { yes: ["tak"], no: ["nie"] },
  { yes: ["t"], no: ["n"] },
  { yes: ["prawda"], no: ["fałsz"] },
  { yes: ["sim"], no: ["não"] },
  { yes: ["sim"], no: ["nao"] },
  { yes: ["verdadeiro"], no: ["falso"] },
  { yes: ["x"], no: ["-"] },
];

/** What words of a status mean; small letters. */
export const statusWords: Readonly<Record<"active" | "inactive" | "discontinued", readonly string[]>> = {
  active:
    "active|enabled|published|publish|visible|online|live|available|1|true|yes|y|on|aktiv|aktiviert|freigegeben|veröffentlicht|sichtbar|ja|wahr|actif|active|activé|publié|oui|vrai|en ligne|activo|activa|activado|publicado|sí|si|attivo|attiva|pubblicato|sì|vero|actief|gepubliceerd|ingeschakeld|waar|aktywny|aktywna|aktywne|opublikowany|tak|ativo|ativa|sim|in stock".split(
      "|",
    ),
  inactive:
    "inactive|disabled|draft|unpublished|hidden|offline|private|pending|0|false|no|n|off|inaktiv|deaktiviert|gesperrt|entwurf|versteckt|nein|falsch|inactif|inactive|désactivé|brouillon|masqué|non|faux|hors ligne|inactivo|inactiva|desactivado|borrador|oculto|inattivo|inattiva|bozza|nascosto|disattivato|inactief|concept|verborgen|uitgeschakeld|nee|onwaar|nieaktywny|nieaktywna|nieaktywne|szkic|ukryty|nie|inativo|inativa|rascunho|não|nao".split(
      "|",
    ),
  discontinued:
    "discontinued|archived|obsolete|end of life|eol|retired|eingestellt|ausgelaufen|auslaufend|archiviert|abgekündigt|archivé|arrêté|supprimé|descatalogado|archivado|fuori produzione|archiviato|dismesso|uit assortiment|gearchiveerd|wycofany|zarchiwizowany|descontinuado|arquivado".split(
      "|",
    ),
};

/** Units of weight by the names that headers have for them. */
export const weightUnits: Readonly<Record<string, "g" | "kg" | "oz" | "lb">> = {
  ...{
    g: "g",
    gr: "g",
    gram: "g",
    grams: "g",
    gramm: "g",
    grammes: "g",
    gramos: "g",
    grammi: "g",
    gramy: "g",
    gramas: "g",
  },
  ...{ kg: "kg", kgs: "kg", kilo: "kg", kilos: "kg", kilogram: "kg", kilograms: "kg", kilogramm: "kg" },
  ...{ oz: "oz", ounce: "oz", ounces: "oz", lb: "lb", lbs: "lb", pound: "lb", pounds: "lb" },
};

/** Words in a name that say whether a price has tax in it. */
export const taxWords = new Set(
  "brutto netto gross net incl inkl excl exkl inc vat mwst ust tax btw iva tva ttc ht bruttopreis nettopreis gst lordo bruto neto".split(
    " ",
  ),
);

/** Names, or words of them, of columns whose cells are lists of words. */
export const listWords = new Set(
  "tags tag keywords keyword labels schlagworte schlagwörter stichworte mots cles etiquetas etichette trefwoorden tagi slowa related crosssell upsell crosssells upsells accessories zubehor colours colors sizes".split(
    " ",
  ),
);
