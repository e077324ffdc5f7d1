/** What a column may hold for a product; `currency` and `weightUnit` help other fields, and are none themselves. */
export const suggestedFields = [
  ...["sku", "parentSku", "name", "shortDescription", "description", "brand", "categories", "specialPriceFrom"],
  ...[
    "specialPriceTo",
    "specialPrice",
    "price",
    "currency",
    "stock",
    "barcode",
    "weight",
    "weightUnit",
    "images",
    "status",
  ],
] as const satisfies readonly string[];
export type SuggestedField =
  | "sku"
  | "parentSku"
  | "name"
  | "shortDescription"
  | "description"
  | "brand"
  | "categories"
  | "specialPriceFrom"
  | "specialPriceTo"
  | "specialPrice"
  | "price"
  | "currency"
  | "stock"
  | "barcode"
  | "weight"
  | "weightUnit"
  | "images"
  | "status";

/**
 * By which names files call the columns of a field, the likeliest first: English, German, French, Spanish, Italian, Dutch, Polish,
 * Portuguese. As `plainName` writes them: small letters without accents, one space between words.
 */
const table: Readonly<Record<SuggestedField, string>> = {
  sku: `
    sku, product sku, item sku, seller sku, variant sku, stock keeping unit, item number, item no, item nr, article number, article no,
    article nr, product number, product no, part number, part no, mpn, item code, product code, article code, stock code,
    model number, model, item id, product id, article id, handle, identifier, code, id, reference, ref, article, item, uid, key,
    artikelnummer, artikelnr, artikel nr, art nr, artnr, artnum, artikel nummer, artikel id, produktnummer, produkt nr, produktid,
    bestellnummer, bestell nr, materialnummer, material, teilenummer, sachnummer, artikel, nummer,
    reference produit, reference article, ref produit, ref article, code article, code produit, numero d article, no article,
    referencia, referencia producto, codigo, codigo producto, codigo de producto, codigo articulo, numero de articulo, articulo,
    codice, codice articolo, codice prodotto, cod articolo, cod art, riferimento, articolo,
    artikelcode, productcode, productnummer, bestelnummer,
    kod, kod produktu, kod towaru, indeks, symbol, numer katalogowy, nr katalogowy, numer produktu, sygnatura,
    codigo do produto, codigo produto, cod produto, cod, referencia do produto`,
  parentSku: `
    parent sku, parent, parent id, parent code, parent product, parent item, master sku, master, group sku, configurable sku,
    vater artikelnummer, vaterartikel, vaterartikelnummer, elternartikel, hauptartikel, hauptartikelnummer, master artikelnummer,
    parent artikelnummer, sku parent, reference parent, produit parent, article parent, referencia padre, producto padre, sku padre,
    codice padre, prodotto padre, articolo padre, hoofdartikel, hoofdproduct, kod nadrzedny, produkt nadrzedny, sku pai,
    produto pai, codigo pai`,
  name: `
    name, product name, title, product title, item name, item title, article name, display name, label, designation,
    bezeichnung, artikelbezeichnung, produktbezeichnung, produktname, artikelname, artikel name, titel, produkttitel,
    kurzbezeichnung, benennung, artikeltext, bezeichnung 1, bezeichnung1,
    nom, nom du produit, nom produit, nom article, libelle, libelle article, libelle produit, titre, intitule,
    nombre, nombre del producto, nombre producto, nombre de producto, titulo, denominacion, designacion,
    nome, nome prodotto, nome del prodotto, nome articolo, titolo, denominazione,
    naam, productnaam, artikelnaam, product naam, productomschrijving,
    nazwa, nazwa produktu, nazwa towaru, tytul,
    nome do produto, nome produto, designacao`,
  shortDescription: `
    short description, summary, short text, teaser, excerpt, intro, subtitle, kurzbeschreibung, kurztext, zusammenfassung,
    description courte, courte description, resume, descriptif court, accroche, descripcion corta, descripcion breve, resumen,
    descrizione breve, breve descrizione, riassunto, korte omschrijving, korte beschrijving, samenvatting, krotki opis, opis krotki,
    skrocony opis, descricao curta, descricao breve, breve descricao, resumo`,
  description: `
    description, product description, long description, full description, body, body html, details, long text, text, content,
    html description, beschreibung, artikelbeschreibung, produktbeschreibung, langbeschreibung, langtext, beschreibung lang, inhalt,
    description longue, description du produit, description produit, descriptif, descriptif long, contenu,
    descripcion, descripcion larga, descripcion del producto, descripcion producto, detalles,
    descrizione, descrizione prodotto, descrizione lunga, descrizione estesa, dettagli,
    omschrijving, beschrijving, lange omschrijving, lange beschrijving, productbeschrijving,
    opis, opis produktu, dlugi opis, pelny opis, opis dlugi,
    descricao, descricao do produto, descricao longa, descricao completa, detalhes`,
  brand: `
    brand, brand name, vendor, manufacturer, maker, producer, supplier brand, marke, markenname, hersteller, herstellername, fabrikat,
    marque, fabricant, nom de la marque, marca, fabricante, nombre de la marca, produttore, fabbricante, casa produttrice,
    merk, merknaam, fabrikant, producent, marka, producent nazwa, wytworca, nome da marca`,
  categories: `
    categories, category, product category, category path, category tree, product type, categorie, product group, group, department,
    taxonomy, product categories, category name, kategorie, kategorien, warengruppe, produktkategorie, kategoriepfad, produktgruppe,
    artikelgruppe, hauptwarengruppe, sortiment, categories produit, rayon, famille, categorie produit, arborescence, gamme, famille produit,
    categoria, categorias, familia, grupo, seccion, categoria producto, categoria prodotto, categorie prodotto, reparto, famiglia, gruppo merceologico, gruppo,
    categorie naam, productgroep, artikelgroep, rubriek, kategoria, kategorie produktu, sciezka kategorii, kategorie produktow,
    grupa, grupa towarowa, dzial, categoria do produto, departamento, secao`,
  specialPriceFrom: `
    special price from, special from date, special price from date, special price start, sale price from, sale start, sale start date, date sale price starts, sale price dates from,
    promo start, offer start, aktionspreis von, aktion von, sonderpreis von, angebot von, sonderpreis ab, debut promo, date debut promo, promo du,
    date debut promotion, inicio oferta, oferta desde, fecha inicio oferta, precio oferta desde, inizio promozione, inizio offerta, promo dal, actie van, actieprijs vanaf,
    aanbieding van, promocja od, cena promocyjna od, inicio promocao, promocao de, promocao inicio`,
  specialPriceTo: `
    special price to, special to date, special price to date, special price end, sale price to, sale end, sale end date, date sale price ends, sale price dates to,
    promo end, offer end, aktionspreis bis, aktion bis, sonderpreis bis, angebot bis, fin promo, date fin promo, promo au,
    date fin promotion, fin oferta, oferta hasta, fecha fin oferta, precio oferta hasta, fine promozione, fine offerta, promo al, actie tot, actieprijs tot,
    aanbieding tot, promocja do, cena promocyjna do, fim promocao, promocao ate, promocao fim`,
  specialPrice: `
    special price, sale price, offer price, promo price, promotional price, discounted price, discount price, deal price, reduced price, price sale,
    sonderpreis, aktionspreis, angebotspreis, reduzierter preis, prix promo, prix promotionnel, prix solde, prix special, prix barre promo, prix remise,
    precio oferta, precio de oferta, precio especial, precio rebajado, precio promocional, precio descuento,
    prezzo scontato, prezzo offerta, prezzo speciale, prezzo promo, prezzo promozionale, actieprijs, aanbiedingsprijs, speciale prijs, promotieprijs,
    cena promocyjna, cena specjalna, cena obnizona, preco promocional, preco de oferta, preco especial, preco oferta`,
  price: `
    price, regular price, unit price, sales price, selling price, retail price, base price, product price, list price, item price, variant price, gross price, net price, catalog price, standard price,
    preis, verkaufspreis, vk, vk preis, einzelpreis, listenpreis, bruttopreis, nettopreis, stuckpreis, stueckpreis, grundpreis netto, artikelpreis, ladenpreis, endpreis,
    prix, prix de vente, prix unitaire, prix public, tarif, prix normal, pv,
    precio, precio de venta, precio venta, precio unitario, precio normal, pvp, tarifa,
    prezzo, prezzo di vendita, prezzo vendita, prezzo unitario, prezzo listino, prezzo di listino, prezzo al pubblico, listino,
    prijs, verkoopprijs, stukprijs, adviesprijs, eenheidsprijs, normale prijs,
    cena, cena sprzedazy, cena jednostkowa, cena detaliczna, cena katalogowa, cena podstawowa,
    preco, preco de venda, preco venda, preco unitario, preco normal`,
  currency: `
    currency, currency code, price currency, iso currency, wahrung, waehrung, wahrungscode, devise, monnaie, code devise, moneda, divisa, valuta,
    codice valuta, munt, muntsoort, waluta, moeda`,
  stock: `
    stock, stock quantity, quantity, qty, inventory, inventory quantity, available quantity, stock level, stock qty, on hand, units in stock, quantity in stock, available stock, variant inventory qty, inventory qty,
    bestand, lagerbestand, lagermenge, menge, verfugbare menge, verfuegbare menge, anzahl, stuckzahl, stueckzahl, lager, verfugbarer bestand,
    stock disponible, quantite, quantite en stock, qte, qte stock, en stock,
    existencias, cantidad, cantidad en stock, inventario, unidades,
    giacenza, quantita, disponibilita, quantita disponibile, scorte, magazzino,
    voorraad, aantal, voorraad aantal, hoeveelheid, voorraadniveau,
    stan, stan magazynowy, ilosc, ilosc w magazynie, zapas, dostepna ilosc, liczba sztuk,
    estoque, quantidade, quantidade em estoque, quantidade em stock, estoque disponivel`,
  barcode: `
    barcode, ean, gtin, upc, ean code, ean13, ean 13, gtin 13, gtin13, gtin 14, gtin 8, isbn, isbn13, bar code, upc code, global trade item number, gtin upc ean or isbn,
    product barcode, variant barcode, gtin ean, ean gtin, ean upc, strichcode, barcode ean, ean nummer, ean nr, code barre, code barres, code a barres, code ean, gencod,
    codigo de barras, codigo ean, codice a barre, codice ean, codice barre, streepjescode, eancode, kod kreskowy, kod ean, codigo barras`,
  weight: `
    weight, product weight, item weight, net weight, gross weight, shipping weight, variant weight, gewicht, artikelgewicht, bruttogewicht, nettogewicht, produktgewicht, versandgewicht,
    poids, poids net, poids brut, peso, peso neto, peso bruto, peso netto, peso lordo, peso prodotto, productgewicht, waga, waga produktu, masa, waga netto, waga brutto,
    peso liquido, peso do produto, grams, variant grams`,
  weightUnit: `
    weight unit, unit of weight, variant weight unit, weight uom, gewichtseinheit, einheit gewicht, unite de poids, unite poids, unidad de peso, unidad peso, unita di peso,
    unita peso, gewichtseenheid, jednostka wagi, unidade de peso`,
  images: `
    images, image, image url, image urls, image link, image src, picture, pictures, photo, photos, product image, product images, main image, base image, image 1, image1, gallery, media, picture url, additional images, additional image link, img,
    bild, bilder, bild url, bildurl, produktbild, produktbilder, artikelbild, hauptbild, foto, fotos, bildlink, abbildung,
    image produit, images produit, url image, url images, photo produit, lien image,
    imagen, imagenes, imagen url, url imagen, imagen principal, immagine, immagini, url immagine, immagine prodotto, immagini prodotto, foto prodotto,
    afbeelding, afbeeldingen, afbeelding url, productafbeelding, plaatje, zdjecie, zdjecia, obraz, obrazek, obrazy, url zdjecia, galeria,
    imagem, imagens, url imagem, imagem principal, imagens do produto`,
  status: `
    status, product status, active, is active, enabled, published, is published, state, visibility status, aktiv, freigegeben, aktiviert, veroffentlicht, artikelstatus,
    statut, actif, etat, publie, estado, activo, activado, publicado, stato, attivo, pubblicato, abilitato, actief, gepubliceerd, ingeschakeld,
    stan produktu, aktywny, aktywna, opublikowany, ativo, situacao, publicado no site`,
};

const byName: ReadonlyMap<string, readonly { readonly field: SuggestedField; readonly rank: number }[]> = (() => {
  const all = new Map<string, { field: SuggestedField; rank: number }[]>();
  for (const field of suggestedFields) {
    for (const [rank, name] of table[field].split(",").entries()) {
      const plain = name.trim().replaceAll(/\s+/g, " ");
      const known = all.get(plain) ?? [];
      if (!known.some((one) => one.field === field)) all.set(plain, [...known, { field, rank }]);
    }
  }
  return all;
})();

/** Words beside a field's name that say how it is measured, and of what, but not what it is. */
const beside = new Set(
  "in eur usd gbp chf pln brl sek dkk nok czk huf euro euros dollar brutto netto gross net incl inkl excl exkl inc ex vat mwst ust tax taxes btw iva tva ttc ht kg g gr lb lbs oz gramm gram grams kilogramm kilogram kilo st stk pcs stuck szt variant product item produkt artikel article producto prodotto produktu pln zl ab de und und or the".split(
    " ",
  ),
);

const letters: Readonly<Record<string, string>> = { ß: "ss", ł: "l", ø: "o", æ: "ae", œ: "oe", đ: "d", ı: "i" };

/** A name as the table has names: small letters without accents, one space between words. */
export function plainName(name: string): string {
  return name
    .replaceAll(/\p{Cf}+/gu, "")
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replaceAll(/[ßłøæœđı]/g, (letter) => letters[letter]!)
    .normalize("NFD")
    .replaceAll(/\p{M}+/gu, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** A field that a name may mean; the smaller the rank, the likelier. */
export interface MeantField {
  readonly field: SuggestedField;
  readonly rank: number;
}

/** The fields that the name of a column may mean, the likeliest first: by the whole name, else without words that only go with it. */
export function meantFields(name: string): MeantField[] {
  const plain = plainName(name);
  const whole = byName.get(plain);
  if (whole) return [...whole].sort((a, b) => a.rank - b.rank);
  // Export programs put the table's name before the column's: meta, product_, p_.
  const words = plain.split(" ").filter((word) => !beside.has(word));
  const rest = byName.get(words.join(" ")) ?? [];
  return rest.map(({ field, rank }) => ({ field, rank: rank + 1000 })).sort((a, b) => a.rank - b.rank);
}
