import { expect, test } from "vitest";
import { explain } from "../../scripts/ops/explain.ts";

/** An error as the SDK, or Node, throws it. */
function thrown(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

test.each([
  [thrown("CredentialsProviderError", "Could not load"), "No AWS credentials were found: sign in"],
  [
    thrown("ExpiredTokenException", "expired"),
    "The AWS credentials are not valid (ExpiredTokenException): sign in again.",
  ],
  [
    thrown("AccessDeniedException", "x may not y"),
    "AWS refuses it: x may not y. Take on the role catalogue-prod-support: by an AWS profile with its role_arn",
  ],
  [
    thrown("AccessDenied", "User: arn:aws:sts::1:assumed-role/catalogue-prod-support/ada may not y"),
    "You act as catalogue-prod-support already: ask the platform team",
  ],
  [
    thrown("AccessDenied", "ada may not sts:AssumeRole on arn:aws:iam::1:role/catalogue-prod-support"),
    "Ask the platform team to let you take that role on (supportPrincipals of its configuration).",
  ],
  [
    thrown("NoSuchKey", "The specified key does not exist.", { Key: "reports/1/report.json" }),
    "A file is no longer in the archive (reports/1/report.json): it has expired",
  ],
  [
    thrown("ResourceNotFoundException", "no table"),
    "Is catalogue-prod deployed in this account and region? IMPORT_ENVIRONMENT, IMPORT_NAME_PREFIX and AWS_REGION name another.",
  ],
  [thrown("PermanentRedirect", "must be addressed"), "Is catalogue-prod deployed in this account and region?"],
  [thrown("AuthorizationHeaderMalformed", "is wrong"), "Is catalogue-prod deployed in this account and region?"],
  [thrown("Error", "connect", { code: "ECONNREFUSED" }), "Nothing answers at http://there: is it up"],
  [
    thrown("Error", "ENOENT: open", { code: "ENOENT", path: "no/f.csv" }),
    "no/f.csv cannot be read or written (ENOENT)",
  ],
  [thrown("Error", "Anything else."), "Anything else."],
])("makes one sentence of %s", (error, sentence) => {
  const environment = {
    ...{ IMPORT_ENVIRONMENT: "prod", IMPORT_NAME_PREFIX: "catalogue", AWS_ENDPOINT_URL: "http://there" },
  };
  expect(explain(error, environment)).toContain(sentence);
});
