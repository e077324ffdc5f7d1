/** The one place that reads the Lambda's environment. Read at load, so that a missing variable fails the deploy's first call. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** A variable that is a whole number from 1. */
export function wholeNumber(name: string): number {
  const value = Number(variable(name));
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`The environment variable ${name} is not a whole number from 1.`);
  return value;
}
