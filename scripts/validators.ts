import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";

const root = join(import.meta.dirname, "..");

const declaration = `import type { ErrorObject } from "ajv";
declare const validate: ((data: unknown) => boolean) & { errors?: ErrorObject[] | null };
export default validate;
`;

const suffix = ".schema.json";
const types = "kinds/types";

function read(from: string, name: string): AnySchemaObject {
  return JSON.parse(readFileSync(join(from, name + suffix), "utf8")) as AnySchemaObject;
}

/**
 * Compiles every `schemas/<path>.schema.json` ahead of time into `build/validators/<path>.js` (an ES module whose default
 * export is the validate function) with its declaration beside it. Compiling at cold start would cost 50 to 100 ms.
 * Throws where a schema is wrong, or where its code would need a helper of ajv at run time: such code is CommonJS and
 * breaks in an ES module, so the schemas do without minLength, maxLength, uniqueItems and format.
 */
export function buildValidators(from = join(root, "schemas"), to = join(root, "build/validators")): void {
  for (const file of readdirSync(from, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(suffix))) {
    const name = file.slice(0, -suffix.length);
    const schema = read(from, name);
    const ajv = new Ajv2020({
      allErrors: true,
      strict: true,
      allowUnionTypes: true,
      code: { esm: true, source: true },
    });
    // Kinds name the types of their fields by reference.
    if (dirname(name) === "kinds" && name !== types) ajv.addSchema(read(from, types), basename(`${types}${suffix}`));
    const code = standalone.default(ajv, ajv.compile(schema));
    if (code.includes("require(")) throw new Error(`schemas/${file} needs a helper of ajv at run time`);
    mkdirSync(dirname(join(to, name)), { recursive: true });
    writeFileSync(join(to, `${name}.js`), code);
    writeFileSync(join(to, `${name}.d.ts`), declaration);
  }
}

if (import.meta.main) buildValidators();
