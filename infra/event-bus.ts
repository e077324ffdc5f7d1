import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js";
import { Construct } from "constructs";
import type { ConfigurableGrantee, Grantee } from "./policy.ts";

/** The bus on which imports are announced to other systems, and on which these may ask for a reprocessing. */
export class EventBus extends Construct {
  readonly name: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const bus = new CloudwatchEventBus(this, "bus", { name });
    this.name = bus.name;
    this.#arn = bus.arn;
  }

  /** Tells `who` the bus's name, to write it into events that another puts. */
  tellName(who: ConfigurableGrantee, variable: string): void {
    who.setVariable(variable, this.name);
  }

  /** Lets `who` put events on the bus. */
  allowPut(who: Grantee): void {
    who.allow({ actions: ["events:PutEvents"], resources: [this.#arn] });
  }
}
