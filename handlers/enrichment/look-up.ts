import {
  EnrichmentBadAnswer,
  EnrichmentThrottled,
  EnrichmentTimedOut,
  EnrichmentUnavailable,
} from "#errors/infrastructure.ts";
import type { Cell } from "#records/line.ts";

/** What the service says of one value: its fields, or null where it does not know the value. */
export type Answer = Readonly<Record<string, Cell>> | null;

export interface Service {
  readonly url: string;
  readonly batch: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/**
 * Asks a service for values, in batches, some at once, and adds the answers to those known. The first failure ends it, the
 * other requests included. Throws EnrichmentThrottled (429), EnrichmentUnavailable (5xx or no connection), EnrichmentTimedOut
 * or EnrichmentBadAnswer (anything that the contract does not allow).
 */
export async function lookUp(service: Service, values: readonly string[], known: Map<string, Answer>): Promise<void> {
  const stop = new AbortController();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < values.length) {
      const batch = values.slice(next, (next += service.batch));
      const results = await ask(service, batch, stop.signal);
      for (const value of batch) known.set(value, answerOf(results, value, service, batch.length));
    }
  };
  const workers = Math.min(service.concurrency, Math.ceil(values.length / service.batch));
  try {
    await Promise.all(Array.from({ length: workers }, worker));
  } finally {
    stop.abort();
  }
}

async function ask({ url, timeoutMs }: Service, values: readonly string[], stop: AbortSignal): Promise<object> {
  const where = whereOf(url);
  const limit = AbortSignal.timeout(timeoutMs);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ values }),
      redirect: "manual",
      signal: AbortSignal.any([limit, stop]),
    });
    ({ status } = response);
    text = await response.text();
  } catch (cause) {
    if (limit.aborted) throw new EnrichmentTimedOut(`${where} did not answer within ${timeoutMs} ms.`, { cause });
    throw new EnrichmentUnavailable(`${where} could not be reached: ${reasonOf(cause)}.`, { cause });
  }
  if (status === 429) throw new EnrichmentThrottled(`${where} answered 429: too many requests.`);
  if (status >= 500) throw new EnrichmentUnavailable(`${where} answered ${status}.`);
  if (status !== 200) throw new EnrichmentBadAnswer(`${where} answered ${status} where 200 is expected.`);
  const results = resultsOf(text);
  if (results === undefined)
    throw new EnrichmentBadAnswer(`${where} answered something that is not {"results": {...}}.`);
  return results;
}

/** The service without what may be secret in its URL. */
function whereOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `The reference service ${origin}${pathname}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.message;
}

function resultsOf(text: string): object | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (!isObject(answer) || !("results" in answer)) return undefined;
    return isObject(answer.results) ? answer.results : undefined;
  } catch {
    return undefined;
  }
}

function answerOf(results: object, value: string, { url }: Service, asked: number): Answer {
  const answer: unknown = Object.hasOwn(results, value) ? (results as Record<string, unknown>)[value] : undefined;
  if (answer === null) return null;
  if (isObject(answer) && Object.values(answer).every(isCell)) return answer as Record<string, Cell>;
  const what =
    answer === undefined
      ? "has no answer"
      : "has an answer whose fields are not text, true, false, lists of text or null";
  // Not which one: the message ends in logs, and a value is a cell.
  throw new EnrichmentBadAnswer(`${whereOf(url)} was asked for ${asked} values, one of which ${what}.`);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCell(value: unknown): value is Cell {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
