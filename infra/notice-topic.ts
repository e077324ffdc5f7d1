import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { Construct } from "constructs";
import type { Grantee } from "./policy.ts";

/** The topic on which people are told how an import went. */
export class NoticeTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    this.arn = new SnsTopic(this, "topic", { name }).arn;
  }

  /** Lets `who` publish notices. */
  allowPublish(who: Grantee): void {
    who.allow({ actions: ["sns:Publish"], resources: [this.arn] });
  }
}
