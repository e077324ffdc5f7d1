import product from "../../schemas/kinds/product.schema.json" with { type: "json" };
import types from "../../schemas/kinds/types.schema.json" with { type: "json" };

/** What a field can be: the names of `schemas/kinds/types.schema.json`. */
export type TypeName = keyof typeof types.$defs;

/** A field of a kind of records. */
export interface Field {
  readonly name: string;
  readonly type: TypeName;
  /** The end of the sentence "<field> must be ...". */
  readonly must: string;
  /** The fields of each of its own records, where it holds such: variants, translations. */
  readonly fields?: ReadonlyMap<string, Field>;
}

/** What the records of a catalog are: `schemas/kinds/<kind>.schema.json` is its authority. */
export interface Kind {
  /** What a sentence calls a record: "a product". */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
}

interface KindSchema {
  readonly title: string;
  readonly properties: Properties;
}

type Properties = Readonly<Record<string, Property>>;

interface Property {
  readonly $ref: string;
  readonly description?: string;
  readonly items?: { readonly properties: Properties };
  readonly additionalProperties?: { readonly properties: Properties };
}

/** Reads a kind from its schema, whose properties name their types by reference. Throws where one names none. */
export function kindOf({ title, properties }: KindSchema): Kind {
  return { name: title.toLowerCase(), fields: fieldsOf(properties, title) };
}

function fieldsOf(properties: Properties, of: string): ReadonlyMap<string, Field> {
  const fields = Object.entries(properties).map(([name, property]): [string, Field] => {
    const type = /^types\.schema\.json#\/\$defs\/(\w+)$/.exec(property.$ref)?.[1] ?? "";
    if (!Object.hasOwn(types.$defs, type)) throw new Error(`${of}: the field ${name} has no type.`);
    const known = type as TypeName;
    const own = (property.items ?? property.additionalProperties)?.properties;
    const must = property.description ?? types.$defs[known].description;
    return [name, { name, type: known, must, ...(own && { fields: fieldsOf(own, `${of}.${name}`) }) }];
  });
  return new Map(fields);
}

export const productKind = kindOf(product);
