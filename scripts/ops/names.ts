import { stackName, type Config } from "../../infra/config.ts";
import { namingOf } from "../../infra/naming.ts";

/** What the project's resources are called in one account and region. */
export interface Names {
  /** `<prefix>-<environment>`, as a person calls the deployment. */
  readonly deployment: string;
  readonly region: string;
  readonly account: string;
  readonly inboxBucket: string;
  readonly workBucket: string;
  readonly archiveBucket: string;
  readonly importsTable: string;
  readonly failuresTable: string;
  readonly productsTable: string;
  readonly importMachine: string;
  readonly reprocessMachine: string;
  /** The queue of events that EventBridge could not deliver to a machine. */
  readonly undeliveredQueue: string;
}

/**
 * The names that the stack gives its resources, made as the stack makes them. A support person has the repository and
 * credentials, but no Terraform state to read outputs from; on the engine the names are the same.
 */
export function namesOf(config: Config, region: string, account: string): Names {
  const naming = namingOf(config);
  const bucket = (role: string) => `${naming(role)}-${account}`;
  const machine = (role: string) => `arn:aws:states:${region}:${account}:stateMachine:${naming(role)}`;
  return {
    deployment: stackName(config),
    region,
    account,
    inboxBucket: bucket("inbox"),
    workBucket: bucket("work"),
    archiveBucket: bucket("archive"),
    importsTable: naming("imports"),
    failuresTable: naming("failures"),
    productsTable: naming("products"),
    importMachine: machine("import-machine"),
    reprocessMachine: machine("reprocess-machine"),
    undeliveredQueue: naming("undelivered-events"),
  };
}
