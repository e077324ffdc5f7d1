import type { Config } from "./config.ts";

/**
 * Makes the name of a resource from its role: `<prefix>-<environment>-<role>`, of `most` characters (64 where nothing is said).
 * The only place where names are made.
 */
export type Naming = (role: string, most?: number) => string;

/** The naming of an environment; roles are short, so that 64 characters (a role's, a Lambda's limit) hold every name. */
export function namingOf({ namePrefix, environment }: Config): Naming {
  return (role, most = 64) => {
    const name = `${namePrefix}-${environment}-${role}`;
    if (name.length > most) throw new Error(`The name ${name} has ${name.length} characters; AWS takes ${most}.`);
    return name;
  };
}
