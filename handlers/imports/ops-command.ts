/** A deployment by the settings that make its names. */
export interface Deployment {
  readonly environment: string;
  readonly namePrefix: string;
}

/** The prefix of a deployment that sets none: its commands need not name it. */
export const usualNamePrefix = "product-import";

/** A command of `ops` to be copied: it reaches that deployment, whatever the shell that it is copied into is set to. */
export function opsCommand(command: string, { environment, namePrefix }: Deployment): string {
  const prefix = namePrefix === usualNamePrefix ? "" : ` IMPORT_NAME_PREFIX=${namePrefix}`;
  return `IMPORT_ENVIRONMENT=${environment}${prefix} npm run ops -- ${command}`;
}

/** A word for a shell: whatever stands in it, it stays one. */
export function quoted(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
