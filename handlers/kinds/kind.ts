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
}

/** What the records of a catalog are: `schemas/kinds/<kind>.schema.json` is its authority. */
export interface Kind {
  /** What a sentence calls a record: "a product". */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
}

interface KindSchema {
  readonly title: string;
  readonly properties: Readonly<Record<string, { readonly $ref: string; readonly description?: string }>>;
}

/** Reads a kind from its schema, whose properties name their types by reference. Throws where one names none. */
export function kindOf({ title, properties }: KindSchema): Kind {
  const fields = Object.entries(properties).map(([name, { $ref, description }]): [string, Field] => {
    const type = /^types\.schema\.json#\/\$defs\/(\w+)$/.exec($ref)?.[1] ?? "";
    if (!Object.hasOwn(types.$defs, type)) throw new Error(`${title}: the field ${name} has no type.`);
    const known = type as TypeName;
    return [name, { name, type: known, must: description ?? types.$defs[known].description }];
  });
  return { name: title.toLowerCase(), fields: new Map(fields) };
}

export const productKind = kindOf(product);
