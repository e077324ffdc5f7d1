/** What a line of the log says about the work that it comes from. */
export interface About {
  readonly importId?: string;
  readonly feed?: string;
  /** Number of the chunk. */
  readonly chunk?: number;
  /** ARN of the execution that owns the import, or of the run. */
  readonly execution?: string;
  readonly runId?: string;
  /** How many records the work is for, where its state says so. */
  readonly records?: number;
}

/** What a state's input or output is about. It takes anything, also what no schema would accept, and never throws. */
export function aboutOf(state: unknown): About {
  const { import: from, event, chunk, plan, selected, owner, execution, runId, detail } = fieldsOf(state);
  const { close, rerun } = fieldsOf(event);
  const asked = { ...fieldsOf(close), ...fieldsOf(rerun), ...fieldsOf(from) };
  return present({
    importId: textOf(asked["importId"]),
    feed: textOf(asked["feed"]),
    chunk: numberOf(fieldsOf(chunk)["chunk"]),
    execution: textOf(asked["owner"]) ?? textOf(owner) ?? textOf(execution) ?? textOf(fieldsOf(detail)["executionArn"]),
    runId: textOf(runId),
    records:
      numberOf(fieldsOf(chunk)["records"]) ??
      numberOf(fieldsOf(plan)["records"]) ??
      numberOf(fieldsOf(selected)["records"]),
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

// An ARN has at most 2048 characters; whatever is longer is not what it should be, and may be anything.
const longestText = 2048;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= longestText ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function present(about: { readonly [Name in keyof About]: About[Name] | undefined }): About {
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined));
}
