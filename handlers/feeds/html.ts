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
  let bare = "";
  let from = 0;
  for (let open = text.indexOf("<"); open >= 0; open = text.indexOf("<", open + 1)) {
    if (!opensTag(text, open)) continue;
    const comment = text.startsWith("!--", open + 1);
    const close = comment ? text.indexOf("-->", open + 4) : text.indexOf(">", open);
    // Nothing closes it, so nothing closes what follows: all the rest is text.
    if (close < 0) break;
    bare += text.slice(from, open);
    const name = comment ? "" : (/^\/?[a-zA-Z0-9]*/.exec(text.slice(open + 1, Math.min(close, open + 12)))?.[0] ?? "");
    if (!comment && !inline.test(name)) bare = separate(bare);
    const skipped = /^(?:script|style)$/i.test(name) ? endOf(name, text, close) : close;
    from = skipped + (comment ? 3 : 1);
    open = from - 1;
  }
  return (bare + text.slice(from)).trim();
}

function opensTag(text: string, open: number): boolean {
  const next = text.charCodeAt(open + 1) | 0x20;
  return (next >= 0x61 && next <= 0x7a) || text[open + 1] === "/" || text[open + 1] === "!";
}

function separate(text: string): string {
  return text === "" || text.endsWith(" ") ? text : `${text} `;
}

/** Where the element of that name ends; at its opening tag where it never does. */
function endOf(name: string, text: string, close: number): number {
  const end = new RegExp(`</${name}[^>]*>`, "gi");
  end.lastIndex = close;
  return end.exec(text) === null ? close : end.lastIndex - 1;
}

function decode(reference: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : reference;
  const point = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex!, 16);
  const isCharacter = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : reference;
}
