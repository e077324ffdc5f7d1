import { stackName, type Config } from "./config.ts";

/**
 * Makes the name of a resource from its role: `<prefix>-<environment>-<role>`, of `most` characters (64 where nothing is said).
 * The only place where names of resources are made.
 */
export type Naming = (role: string, most?: number) => string;

/** The naming of an environment; roles are short, so that 64 characters (a role's, a Lambda's limit) hold every name. */
export function namingOf(config: Config): Naming {
  return (role, most = 64) => {
    const name = `${stackName(config)}-${role}`;
    if (name.length > most) throw new Error(`The name ${name} has ${name.length} characters; AWS takes ${most}.`);
    return name;
  };
}
