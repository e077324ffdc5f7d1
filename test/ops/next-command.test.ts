import { expect, test } from "vitest";
import { commandsFor, usualDataDir } from "../../scripts/ops/next-command.ts";

const dev = { environment: "dev", namePrefix: "product-import" };
const failures = "npm run ops -- failures";

test.each([
  ["the environment", commandsFor(dev), `IMPORT_ENVIRONMENT=dev ${failures}`],
  [
    "a prefix of one's own",
    commandsFor({ environment: "prod", namePrefix: "catalogue" }),
    `IMPORT_ENVIRONMENT=prod IMPORT_NAME_PREFIX=catalogue ${failures}`,
  ],
  ["the engine", commandsFor(dev, usualDataDir), `IMPORT_ENVIRONMENT=dev ${failures} --local`],
  [
    "an engine elsewhere",
    commandsFor(dev, "/tmp/my data"),
    `IMPORT_ENVIRONMENT=dev ${failures} --local --data-dir '/tmp/my data'`,
  ],
])("a command to be copied names %s", (_, command, copied) => {
  expect(command("failures")).toBe(copied);
});
