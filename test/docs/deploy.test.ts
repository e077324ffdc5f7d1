import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { synthesised } from "../infra/synthesised.ts";
import { commandsOf } from "../support/commands.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/deploy.md"), "utf8");
const code = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, lines]) => lines!);
const stack = synthesised(JSON.parse(/echo '(\{.*\})' > trial\.json/.exec(page)![1]!) as Record<string, unknown>);

describe("the first hour", () => {
  it("has a heading for each thing to try, and what to type below it", () => {
    const parts = page.split(/^## /m).slice(1);
    expect(parts.length).toBeGreaterThan(9);
    for (const part of parts) expect(part).toMatch(/^```sh$/m);
  });

  it("asks ops for what ops can do", () => {
    const lines = code.flatMap((block) => block.split("\n")).filter((line) => line.includes("npm run ops"));
    const asked = lines.map((line) => commandsOf(`  IMPORT_ENVIRONMENT=dev ${line}`)[0]!.command);
    expect(asked.length).toBeGreaterThan(8);
  });

  it("names outputs that the stack has", () => {
    const outputs = Object.keys(stack.json["output"]!);
    const named = code.flatMap((block) => [...block.matchAll(/\$\(out (\w+)\)/g)].map(([, name]) => name));
    expect(named.length).toBeGreaterThan(8);
    for (const name of named) expect(outputs).toContain(name);
  });

  it("names what the stack calls so", () => {
    const names = JSON.stringify(stack.json["resource"]);
    const named = [...page.matchAll(/(?:\$STACK|\bSTACK)-([a-z-]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(names).toContain(`"product-import-trial-${name}"`);
  });

  it("asks for as many Lambdas as the stack reserves, and what an account must leave", () => {
    const reserved = Object.values(stack.all("aws_lambda_function")).reduce(
      (sum, { reserved_concurrent_executions: own }) => sum + Number(own ?? 0),
      0,
    );
    expect(page).toContain(`**${reserved + 100}** concurrent Lambdas or more`);
  });

  it("edits a line that is there", () => {
    const [, line, state, file] = /below `(.+?)` of `(\w+)` in `([\w/.-]+)`/.exec(page)!;
    const source = readFileSync(join(import.meta.dirname, "../..", file!), "utf8");
    expect(source.split(`functions.add("${state}",`)[1]!.split("});")[0]).toContain(line);
  });
});
