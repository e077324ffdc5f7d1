import { readConfig } from "../../infra/config.ts";
import { namingOf } from "../../infra/naming.ts";

/** An error as one sentence: what, where, and what to do. */
export function explain(error: unknown, environment: NodeJS.ProcessEnv = process.env): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  const { code = "", path } = error as NodeJS.ErrnoException;
  if (path !== undefined) return `${path} cannot be read or written (${code}): does its folder exist, and is it yours?`;
  if (name === "CredentialsProviderError")
    return "No AWS credentials were found: sign in (aws sso login, or set AWS_PROFILE), or ask the local engine by --local.";
  if (expired.includes(name)) return `The AWS credentials are not valid (${name}): sign in again.`;
  if (/^AccessDenied/.test(name)) return deniedText(message, environment);
  if (name === "NoSuchKey")
    return `A file is no longer in the archive (${(error as { Key?: string }).Key ?? message}): it has expired, or somebody has deleted it.`;
  if (absent.includes(name)) return `AWS says "${message}". ${whereText(environment)}`;
  if (unreachable.includes(code) || name === "AggregateError")
    return `Nothing answers at ${endpointText(environment)}: is it up, and is the address right?`;
  return message;
}

const expired = [
  ...["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"],
  ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException"],
];
const absent = [
  ...["ResourceNotFoundException", "NoSuchBucket", "StateMachineDoesNotExist", "QueueDoesNotExist"],
  "AWS.SimpleQueueService.NonExistentQueue",
  // S3, of a bucket in another Region.
  ...["PermanentRedirect", "AuthorizationHeaderMalformed"],
];
const unreachable = ["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "EHOSTUNREACH", "ETIMEDOUT"];

function deniedText(message: string, environment: NodeJS.ProcessEnv): string {
  const role = namingOf(readConfig(environment))("support");
  const refused = `AWS refuses it: ${message.replace(/\.$/, "")}.`;
  if (message.includes(`assumed-role/${role}/`))
    return `${refused} You act as ${role} already: ask the platform team whether this checkout is newer than what is deployed.`;
  if (message.includes("sts:AssumeRole"))
    return `${refused} Ask the platform team to let you take that role on (supportPrincipals of its configuration).`;
  return `${refused} Take on the role ${role}: by an AWS profile with its role_arn, named by AWS_PROFILE.`;
}

function whereText(environment: NodeJS.ProcessEnv): string {
  const { namePrefix, environment: name } = readConfig(environment);
  return `Is ${namePrefix}-${name} deployed in this account and region? IMPORT_ENVIRONMENT, IMPORT_NAME_PREFIX and AWS_REGION name another.`;
}

function endpointText(environment: NodeJS.ProcessEnv): string {
  return environment["AWS_ENDPOINT_URL"] ?? "AWS's address";
}
