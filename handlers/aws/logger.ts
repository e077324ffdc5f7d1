import { Logger } from "@aws-lambda-powertools/logger";

/** Writes lines of JSON; those of one invocation all say what it is about. Made once a cold start. */
export const logger = new Logger();
