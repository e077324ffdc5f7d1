import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, inject } from "vitest";
import { configOf } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";

/** A block of Terraform JSON. */
export type Block = Readonly<Record<string, unknown>>;

/** A statement of a policy as AWS reads it. */
export interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** The stack as Terraform would get it, with ways to find one's way in it. */
export class Synthesised {
  readonly folder: string;
  readonly json: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Block>>>>>>;

  constructor(folder: string, file: string) {
    this.folder = folder;
    this.json = JSON.parse(readFileSync(file, "utf8")) as Synthesised["json"];
  }

  /** The resources of a type by their Terraform names. */
  all(type: string): Readonly<Record<string, Block>> {
    return this.json["resource"]?.[type] ?? {};
  }

  /** The one resource of a type whose Terraform name starts so. */
  one(type: string, start = ""): Block {
    const found = Object.entries(this.all(type)).filter(([name]) => name.startsWith(start));
    if (found.length !== 1) throw new Error(`There are ${found.length} ${type} that start with ${start}.`);
    return found[0]![1];
  }

  /** The statements granted to a Lambda, a machine or a trigger. */
  granted(owner: string): PolicyStatement[] {
    return statementsOf(this.one("aws_iam_role_policy", `${owner}_role_policy`)["policy"]);
  }
}

/** The statements of a policy that stands as JSON text. */
export function statementsOf(policy: unknown): PolicyStatement[] {
  return (JSON.parse(String(policy)) as { readonly Statement: PolicyStatement[] }).Statement;
}

/** Synthesises the project's own stack, with the Lambdas of this test run, for the tests of one file: call it outside of them. */
export function synthesised(settings: Readonly<Record<string, unknown>> = {}): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), "product-import-stack-"));
  afterAll(() => {
    rmSync(outdir, { recursive: true, force: true });
  });
  const { folder, file } = synthesise({ outdir, config: configOf(settings), bundles: inject("lambdas") });
  return new Synthesised(folder, file);
}
