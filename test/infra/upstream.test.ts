import { describe, expect, it } from "vitest";
import { statementsOf, synthesised, type Synthesised } from "./synthesised.ts";

const erp = "arn:aws:iam::111122223333:role/erp-export";
const partner = "arn:aws:iam::444455556666:root";
const stack = synthesised({ upstreamPrincipals: { erp, "erp-stock": erp, partner } });
const alone = synthesised();

describe("upstream systems of other accounts", () => {
  it("may put files into the folder of their feed, and give an upload up; nothing else, and nowhere else", () => {
    const [inbox] = Object.keys(stack.all("aws_s3_bucket")).filter((name) => name.startsWith("inbox_"));
    const mayPut = (feed: string, principal: string) => ({
      Effect: "Allow",
      Principal: { AWS: principal },
      Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
      Resource: `\${aws_s3_bucket.${inbox}.arn}/incoming/${feed}/*`,
    });
    expect(allowed(stack, "aws_s3_bucket_policy")).toEqual([
      mayPut("erp", erp),
      mayPut("erp-stock", erp),
      mayPut("partner", partner),
    ]);
  });

  it("may use the key for that, by S3 and not otherwise", () => {
    const ofAccounts = allowed(stack, "aws_kms_key").filter(({ Principal }) => JSON.stringify(Principal).includes(erp));
    expect(ofAccounts).toEqual([
      {
        Sid: "Upstream",
        Effect: "Allow",
        Principal: { AWS: [erp, partner] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
      },
    ]);
  });

  it("own nothing of what they put there", () => {
    for (const controls of Object.values(stack.all("aws_s3_bucket_ownership_controls")))
      expect(controls).toMatchObject({ rule: { object_ownership: "BucketOwnerEnforced" } });
  });

  it("are none where the configuration names none", () => {
    expect(allowed(alone, "aws_s3_bucket_policy")).toEqual([]);
    expect(JSON.stringify(allowed(alone, "aws_kms_key"))).not.toContain("Upstream");
  });
});

/** What the policies of all resources of a type allow. */
function allowed(of: Synthesised, type: string) {
  return Object.values(of.all(type))
    .flatMap(({ policy }) => statementsOf(policy))
    .filter(({ Effect }) => Effect === "Allow");
}
