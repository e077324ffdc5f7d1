/** One permission: listed actions on named resources. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Why AWS demands `*` here; a resource `*` without it is refused. */
  readonly because?: string;
}

/** What an actor needs to tell X-Ray what it did. */
export const sendTraces: Statement = {
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
  because: "the actions of X-Ray that write know no resources",
};

/** Whatever acts under a role of its own and can be given access. */
export interface Grantee {
  allow(statement: Statement): void;
}

/** A grantee that learns the names of what it was given from environment variables. */
export interface ConfigurableGrantee extends Grantee {
  setVariable(name: string, value: string): void;
}

/** The JSON of an identity policy. Throws on an action with a wildcard, and on a resource `*` without a reason. */
export function identityPolicy(statements: readonly Statement[]): string {
  for (const { actions, resources, because } of statements) {
    const wild = actions.find((action) => action.includes("*"));
    if (wild) throw new Error(`The action ${wild} is a wildcard; list the actions that are called.`);
    if (resources.includes("*") && !because)
      throw new Error(`${actions.join(", ")} on every resource needs its reason (because).`);
  }
  return document(
    merged(statements).map(({ actions, resources }) => ({ Effect: "Allow", Action: actions, Resource: resources })),
  );
}

/** The same permissions with one statement for the same resources: a key is granted together with all that it encrypts. */
function merged(statements: readonly Statement[]): Statement[] {
  const byResources = new Map<string, Statement>();
  for (const { actions, resources } of statements) {
    const name = resources.join();
    const known = byResources.get(name)?.actions ?? [];
    byResources.set(name, { actions: [...new Set([...known, ...actions])], resources });
  }
  return [...byResources.values()];
}

/** The JSON of a trust policy: the AWS service that may act under the role, and the one account for which it may. */
export function trustPolicy(service: string, account?: string): string {
  return document([
    {
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      ...(account && { Condition: { StringEquals: { "aws:SourceAccount": account } } }),
    },
  ]);
}

/** The JSON of a trust policy: the users, roles or accounts, as ARNs, that may take the role on. */
export function peopleTrustPolicy(principals: readonly string[]): string {
  return document([{ Effect: "Allow", Principal: { AWS: principals }, Action: "sts:AssumeRole" }]);
}

/** The JSON of a policy of any kind, from statements as AWS writes them. */
export function document(statements: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
