import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, expect, it } from "vitest";
import { Lambdas, type LambdaFunction } from "../../scripts/local/lambdas.ts";

const folder = mkdtempSync(join(tmpdir(), "product-import-lambdas-test-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A Lambda with this handler. */
function lambda(name: string, handler: string): LambdaFunction {
  const archive = join(folder, `${name}.zip`);
  writeFileSync(archive, zipSync({ "index.mjs": strToU8(`export const handler = ${handler};`) }));
  const arn = `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
  return { name, arn, environment: {}, archive, handler: "index.handler", timeoutSeconds: 5, memoryMegabytes: 128 };
}

// Enough to be still on its way when the answer is there.
const much = "for (let line = 0; line < 200; line++) console.log('x'.repeat(500)); console.error('last words');";

it.each([
  ["answers", "answers", `() => { ${much} }`],
  ["fails", "fails", `() => { ${much} throw new Error("no"); }`],
])(
  "what a Lambda writes right before it %s is in its log, though its sandbox ends at once",
  async (_, name, handler) => {
    const target = lambda(name, handler);
    const lambdas = new Lambdas(folder, () => ({}), 1);
    await lambdas.invoke(target, {}).catch(() => undefined);
    await lambdas.stop();
    const lines = readFileSync(join(folder, "logs", `${name}.log`), "utf8").split("\n");
    expect(lines).toHaveLength(202);
    expect(lines).toContain("last words");
  },
);
