import { opsCommand, quoted, type Deployment } from "#imports/ops-command.ts";

/** Where the engine's data lies if nothing else is said. */
export const usualDataDir = ".local";

/** Makes commands to be copied, each from its first word on, that reach a deployment; on the engine where `dataDir` is its data. */
export function commandsFor(deployment: Deployment, dataDir?: string): (words: string) => string {
  const elsewhere = dataDir === undefined || dataDir === usualDataDir ? "" : ` --data-dir ${quoted(dataDir)}`;
  const local = dataDir === undefined ? "" : ` --local${elsewhere}`;
  return (words) => opsCommand(`${words}${local}`, deployment);
}
