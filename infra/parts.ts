import type { IConstruct } from "constructs";

/** Every construct of a class that stands within another by now: who adds one need not think of its alarms and graphs. */
export function all<Part extends IConstruct>(kind: new (...args: never[]) => Part, within: IConstruct): Part[] {
  return within.node.findAll().filter((one): one is Part => one instanceof kind);
}
