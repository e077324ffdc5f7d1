const named: Readonly<Record<string, string>> = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", shy: "",
  euro: "€", pound: "£", yen: "¥", cent: "¢", copy: "©", reg: "®", trade: "™", deg: "°", sect: "§", para: "¶",
  ndash: "–", mdash: "—", hellip: "…", bull: "•", middot: "·", lsquo: "‘", rsquo: "’", sbquo: "‚", ldquo: "“",
  rdquo: "”", bdquo: "„", laquo: "«", raquo: "»", times: "×", divide: "÷", plusmn: "±", frac12: "½", frac14: "¼",
  frac34: "¾", sup2: "²", sup3: "³", micro: "µ", iexcl: "¡", iquest: "¿", ordf: "ª", ordm: "º",
  agrave: "à", aacute: "á", acirc: "â", atilde: "ã", auml: "ä", aring: "å", aelig: "æ", ccedil: "ç", egrave: "è",
  eacute: "é", ecirc: "ê", euml: "ë", igrave: "ì", iacute: "í", icirc: "î", iuml: "ï", ntilde: "ñ", ograve: "ò",
  oacute: "ó", ocirc: "ô", otilde: "õ", ouml: "ö", oslash: "ø", ugrave: "ù", uacute: "ú", ucirc: "û", uuml: "ü",
  yacute: "ý", yuml: "ÿ", szlig: "ß", oelig: "œ", scaron: "š",
  Agrave: "À", Aacute: "Á", Acirc: "Â", Atilde: "Ã", Auml: "Ä", Aring: "Å", AElig: "Æ", Ccedil: "Ç", Egrave: "È",
  Eacute: "É", Ecirc: "Ê", Euml: "Ë", Ntilde: "Ñ", Oacute: "Ó", Ocirc: "Ô", Ouml: "Ö", Oslash: "Ø", Uacute: "Ú",
  Uuml: "Ü", OElig: "Œ", Scaron: "Š",
}; // prettier-ignore

const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,7}));/g;

/** Tags that stand inside a word or a sentence; any other one separates words. */
const inline = /^\/?(?:a|abbr|b|big|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|u)$/i;

/**
 * The text of HTML: tags, comments, scripts and styles are dropped, character references decoded. A tag that separates
 * blocks becomes a space. Text without HTML comes back as it is: "a < b" and "R&D" are no HTML.
 */
export function stripHtml(text: string): string {
  const bare = text.includes("<") ? withoutTags(text) : text;
  return bare.includes("&") ? bare.replace(entity, decode) : bare;
}

function withoutTags(text: string): string {
  const kept = new KeptText();
  const endless = new Set<string>();
  let from = 0;
  for (let open = text.indexOf("<"); open >= 0; open = text.indexOf("<", Math.max(open + 1, from))) {
    if (!opensTag(text, open)) continue;
    const comment = text.startsWith("!--", open + 1);
    const close = comment ? text.indexOf("-->", open + 4) : text.indexOf(">", open);
    // Nothing closes it, so nothing closes what follows: all the rest is text.
    if (close < 0) break;
    kept.add(text.slice(from, open));
    from = close + (comment ? 3 : 1);
    if (comment) continue;
    const name = tagName.exec(text.slice(open + 1, open + 12))![0].toLowerCase();
    if (!inline.test(name)) kept.separate();
    if ((name === "script" || name === "style") && !endless.has(name)) {
      const end = endOf(name, text, from);
      // Where the first has no end, no later one has: it is not looked for again.
      if (end < 0) endless.add(name);
      else from = end;
    }
  }
  kept.add(text.slice(from));
  return kept.text();
}

const tagName = /^\/?[a-zA-Z0-9]*/;

/** Pieces of text, joined once at the end: text that grows tag by tag would be copied tag by tag. */
class KeptText {
  readonly #pieces: string[] = [];
  #last = "";

  add(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#last = piece;
  }

  separate(): void {
    if (this.#last !== "" && !/\s$/.test(this.#last.slice(-1))) this.add(" ");
  }

  text(): string {
    return this.#pieces.join("").trim();
  }
}

function opensTag(text: string, open: number): boolean {
  const next = text.charCodeAt(open + 1) | 0x20;
  return (next >= 0x61 && next <= 0x7a) || text[open + 1] === "/" || text[open + 1] === "!";
}

/** Where the element of that name ends; -1 where it never does. */
function endOf(name: string, text: string, from: number): number {
  const end = new RegExp(`</${name}\\s*>`, "gi");
  end.lastIndex = from;
  return end.exec(text) === null ? -1 : end.lastIndex;
}

function decode(reference: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : reference;
  const point = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex!, 16);
  const isCharacter = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : reference;
}
