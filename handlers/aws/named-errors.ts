import type middy from "@middy/core";
import { InfrastructureError, Throttled, TimedOut, Unavailable } from "#errors/infrastructure.ts";

/**
 * Middleware: what an AWS client throws leaves the Lambda under one of our names, so that a state machine's Retry needs to
 * know three of them, and a refused input says which part of it was wrong.
 */
export function namedErrors(): middy.MiddlewareObj {
  return {
    onError: (request) => {
      request.error = named(request.error);
    },
  };
}

const throttles = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "SlowDown",
  "ThrottlingException",
  "Throttling",
  "TooManyRequestsException",
]);

// What Node and the AWS SDK call a connection that could not be made, or broke.
const brokenConnection = /^(ECONN|EPIPE|EAI_AGAIN|ENOTFOUND|EHOST|ENET|ESOCKET|ERR_STREAM_PREMATURE_CLOSE|UND_ERR)/;
const passing = new Set(["CredentialsProviderError", "InternalError", "InternalServerError", "ServiceUnavailable"]);

/** The error under the name a state machine knows it by; programming errors stay as they are. */
export function named(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof InfrastructureError) return error;
  if (error.name === "BadRequestError") return refusedInput(error);
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const code = (error as { code?: string }).code ?? "";
  const message = `${error.name}: ${error.message}`;
  if (status === 429 || throttles.has(error.name)) return new Throttled(message, { cause: error });
  if (error.name === "TimeoutError" || error.name === "RequestTimeout" || code === "ETIMEDOUT")
    return new TimedOut(message, { cause: error });
  if ((status !== undefined && status >= 500) || brokenConnection.test(code) || passing.has(error.name))
    return new Unavailable(message, { cause: error });
  return error;
}

function refusedInput(error: Error): Error {
  // @middy/validator keeps ajv's list in cause.data, which a Lambda's answer does not carry.
  const data = (error.cause as { data?: { instancePath: string; message?: string }[] } | undefined)?.data ?? [];
  error.message = [error.message, ...data.map((one) => `${one.instancePath || "/"} ${one.message ?? ""}`)].join("; ");
  return error;
}
