import type { TerraformElement } from "cdktf";

/** A check of checkov's, such as CKV_AWS_117. */
export type CheckId = `CKV${"" | "2"}_AWS_${number}`;

const skipped = new WeakMap<TerraformElement, readonly { readonly id: CheckId; readonly comment: string }[]>();

/**
 * Notes on the resource that a check does not fit it, and why. The note stands in the stack's JSON in the form of AWS CDK's,
 * which checkov 3 does not read there (its issue 4634): test/infra/checkov.test.ts takes it off the failures.
 */
export function skipCheck(resource: TerraformElement, id: CheckId, reason: string): void {
  const skips = [...(skipped.get(resource) ?? []), { id, comment: reason }];
  skipped.set(resource, skips);
  // Terraform leaves out whatever stands under this key.
  resource.addOverride("//.checkov.skip", skips);
}
