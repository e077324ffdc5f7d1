import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { namingOf } from "../../infra/naming.ts";
import { configOf } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";
import { hasTerraform, Terraform } from "../../scripts/terraform.ts";
import { synthesised } from "./synthesised.ts";

const folder = mkdtempSync(join(tmpdir(), "product-import-synth-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const outdir = join(folder, "out");
const stack = synthesised();
const other = synthesised({ environment: "test" });

describe("synthesis", () => {
  it("refuses to go on without bundles, and says what to do", () => {
    expect(() => synthesise({ outdir, bundles: join(folder, "none") })).toThrow(
      /There is no bundle .*receive\.zip; run npm run build first\./,
    );
  });

  it("refuses a machine with a placeholder that nothing fills", () => {
    writeFileSync(join(folder, "import.asl.json"), '{"StartAt":"A","States":{"A":{"Resource":"${Stranger}"}}}');
    expect(() => synthesise({ outdir, bundles: inject("lambdas"), definitions: folder })).toThrow(
      "The definition asks for ${Stranger}, which nothing fills.",
    );
  });

  it("names the longest of resources within AWS's limits for the longest of prefixes", () => {
    const naming = namingOf(configOf({ namePrefix: "p".repeat(29), environment: "e".repeat(12) }));
    expect(`${naming("archive")}-123456789012`).toHaveLength(63);
    expect(naming("undelivered-events").length).toBeLessThanOrEqual(64);
    expect(() => naming("x".repeat(22))).toThrow("has 65 characters; AWS takes 64.");
  });

  it("puts the lock of providers beside the stack, and that is for the version that the stack asks for", () => {
    const { required_providers } = stack.json["terraform"] as unknown as {
      required_providers: { aws: { version: string } };
    };
    const lock = readFileSync(join(stack.folder, ".terraform.lock.hcl"), "utf8");
    expect(lock).toContain(`  constraints = "${required_providers.aws.version}"\n`);
    // Of the registry's zips, for all its platforms; and of what is in them, for mirrors and later inits on the usual ones.
    expect(lock.match(/"zh:[0-9a-f]{64}"/g)?.length).toBeGreaterThan(10);
    expect(lock.match(/"h1:[\w+/]{43}="/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it("gives every environment a stack, and so a state, of its own", () => {
    expect(other.folder).toMatch(/stacks\/product-import-test$/);
  });
});

const offline = whyNotValidated();
describe("terraform validate", () => {
  it.skipIf(offline !== undefined)(
    `finds nothing wrong with the stack, whose provider is the one that is locked${offline ? ` (skipped: ${offline})` : ""}`,
    async () => {
      const terraform = new Terraform(stack.folder, process.env);
      const lock = () => readFileSync(join(stack.folder, ".terraform.lock.hcl"), "utf8");
      const locked = lock();
      await terraform.init({ backend: false });
      expect(await terraform.validate()).toEqual([]);
      expect(lock()).toBe(locked);
    },
    120_000,
  );
});

/** The AWS provider weighs 700 MB: a test does not download it. */
function whyNotValidated(): string | undefined {
  if (!hasTerraform()) return "there is no terraform on the PATH";
  if (!process.env["TF_PLUGIN_DIR"]) return "TF_PLUGIN_DIR names no folder with the AWS provider";
  return undefined;
}
