import type { ErrorObject } from "ajv";
import validate from "#validators/feed.js";

/** What is wrong with the form of a feed file: one sentence for each fault, with its path; empty where nothing is. */
export function schemaFaults(json: unknown): string[] {
  return faultsOf(validate, json);
}

/** What a compiled schema says is wrong with a file. */
export function faultsOf(validate: Validate, json: unknown): string[] {
  if (validate(json)) return [];
  // The error of an `if` only says that there are errors in its `then`.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if");
  return [...new Set(errors.map((error) => `${error.instancePath || "/"}: ${sentenceOf(error)}`))];
}

type Validate = ((data: unknown) => boolean) & { errors?: ErrorObject[] | null };

/** What the patterns of the schema mean to a person. */
const forms: Readonly<Record<string, string>> = {
  "\\S": "must not be blank",
  ".": "must not be empty",
  "[\\s\\S]": "must not be empty",
  "^[a-z0-9][a-z0-9-]*$": "must have small letters, digits and - only",
  "^[a-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Z]{2}|\\d{3}))?$": "must be a language, like en, en_US or en-US",
  "^[A-Z]{3}$": "must be three capital letters, like EUR",
  "^\\d+(\\.\\d+)?$": 'must be decimal text, like "12.50"',
  "^-?\\d+(\\.\\d+)?$": 'must be decimal text, like "-12.50"',
  "^https?://": "must begin with https:// or http://",
  "^[A-Z][A-Z0-9_]*$": "must be the name of an environment variable, like BRANDS_URL",
};

function sentenceOf({ keyword, params, message }: ErrorObject): string {
  const said = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case "additionalProperties":
      return `"${String(said["additionalProperty"])}" is not a setting that is known here`;
    case "required":
      return `"${String(said["missingProperty"])}" is missing`;
    case "enum":
      return `must be one of ${(said["allowedValues"] as unknown[]).map((value) => JSON.stringify(value)).join(", ")}`;
    case "type":
      return `must be ${[said["type"]].flat().join(" or ")}`;
    case "pattern":
      return forms[String(said["pattern"])] ?? `must have the form ${String(said["pattern"])}`;
    default:
      return message ?? keyword;
  }
}
