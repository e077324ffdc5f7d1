/** How a command ends, as a shell sees it. */
export const exitCodes = { done: 0, failed: 1, usage: 2, nothing: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line asks for something that cannot be done; nothing was begun. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}

/** What was named is not there, or no filter fits; the message says so. */
export class NothingMatched extends Error {
  override readonly name = "NothingMatched";
}

/** A request that was understood and cannot be met; the message says why and what to do. */
export class CannotDo extends Error {
  override readonly name = "CannotDo";
}

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof WrongUsage) return exitCodes.usage;
  return error instanceof NothingMatched ? exitCodes.nothing : exitCodes.failed;
}
