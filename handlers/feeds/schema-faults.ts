import type { ErrorObject } from "ajv";
import validate from "#validators/feed.js";

/** What is wrong with the form of a feed file: one sentence for each fault, with its path; empty where nothing is. */
export function schemaFaults(json: unknown): string[] {
  if (validate(json)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${error.instancePath || "/"}: ${sentenceOf(error)}`))];
}

function sentenceOf({ keyword, params, message }: ErrorObject): string {
  const said = params as Record<string, unknown>;
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
      return `must have the form ${String(said["pattern"])}`;
    default:
      return message ?? keyword;
  }
}
