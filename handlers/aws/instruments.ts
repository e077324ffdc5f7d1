import type middy from "@middy/core";
import { aboutOf, type About } from "#aws/about.ts";
import { logger } from "#aws/logger.ts";
import { emit, metricsAbout } from "#aws/metrics.ts";
import { PassingError } from "#errors/infrastructure.ts";

// What refuses an input names every part of it that is wrong.
const longestMessage = 2000;

/**
 * Middleware: one line in the log for each invocation, and the metric of how long it took. It comes first, so that it hears of
 * errors last, by the names they leave under.
 */
export function instruments(stage: string): middy.MiddlewareObj {
  // A Lambda takes one event at a time.
  let started = 0;
  let about: About = {};

  const note = (result: unknown): Readonly<Record<string, string | number>> => {
    const seconds = (performance.now() - started) / 1000;
    about = { ...about, ...aboutOf(result) };
    emit([{ name: "StageSeconds", unit: "Seconds", value: seconds, dimensions: { stage } }]);
    return { stage, seconds: Number(seconds.toFixed(3)), ...about };
  };

  return {
    before: ({ event, context }) => {
      started = performance.now();
      about = aboutOf(event);
      logger.addContext(context);
      logger.resetKeys();
      logger.appendKeys({ ...about });
      metricsAbout(context.awsRequestId, about);
    },
    after: ({ response }) => {
      logger.info(`${stage} succeeded`, note(response));
    },
    onError: ({ error }) => {
      const { name, message } = error!;
      const failed = { ...note(undefined), error: { name, message: message.slice(0, longestMessage) } };
      // What the state machine tries again is no error yet.
      if (error instanceof PassingError) logger.warn(`${stage} will be tried again`, failed);
      else logger.error(`${stage} failed`, failed);
    },
  };
}
