import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileErrors, recordErrors } from "#errors/catalogue.ts";
import { compileFeed } from "#feeds/compile.ts";
import { announcementsOf } from "#imports/announcement.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { FinishedEntry } from "#imports/import-entry.ts";
import { OutlookSum } from "#outlook/outlook.ts";
import type { ImportRef } from "#imports/flow.ts";
import { reportOf } from "#imports/report.ts";
import { warnings } from "#warnings/catalogue.ts";
import { noOutcomes, outcomes } from "#records/line.ts";
import { configOf, defaults } from "../infra/config.ts";
import { runbooks } from "../infra/runbooks.ts";
import { ownMetrics } from "../infra/metrics.ts";
import feedSchema from "../schemas/feed.schema.json" with { type: "json" };
import importMachine from "../state-machines/import.asl.json" with { type: "json" };
import reprocessMachine from "../state-machines/reprocess.asl.json" with { type: "json" };
import manifest from "../package.json" with { type: "json" };
import { importStatuses, readArguments } from "../scripts/ops/arguments.ts";
import { synthesised } from "./infra/synthesised.ts";
import { runStages } from "./stages/run-stages.ts";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

describe("the picture", () => {
  it("has the states of the machine, in its order", () => {
    const [machine] = /subgraph machine[\s\S]*?\n {2}end\n/.exec(block("mermaid")) ?? [];
    const known = statesOf(importMachine);
    const edges = machine!.split("\n").flatMap((line) => {
      const names = line.split(/ -->| -\. .*?\.->| -\.->/).map((name) => name.trim());
      return names.slice(1).map((to, index): [string, string] => [names[index]!, to]);
    });
    expect(edges.length).toBeGreaterThan(15);
    for (const [from, to] of edges) expect(nextOf(known, from), `what follows ${from}`).toContain(to);
  });
});

describe("the tables", () => {
  it("have every error code of the catalogue, with its words", () => {
    expect(table("code of a record")).toEqual(
      Object.entries(recordErrors).map(([code, { meaning, todo, heals }]) => [
        `\`${code}\``,
        meaning,
        todo,
        heals ? "yes" : "no",
      ]),
    );
    expect(table("code of a rejected file")).toEqual(
      Object.entries(fileErrors).map(([code, { meaning, todo }]) => [`\`${code}\``, meaning, todo]),
    );
  });

  it("have every warning of the catalogue, with its words", () => {
    expect(table("code of a warning")).toEqual(
      Object.entries(warnings).map(([code, { meaning, todo }]) => [`\`${code}\``, meaning, todo]),
    );
  });

  it("have every setting, with its variable and its default", () => {
    const settings = Object.entries(defaults).map(([name, usual]: [string, unknown]) => [
      `\`IMPORT_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}\``,
      usual === "" ? "none" : `\`${typeof usual === "string" ? usual : JSON.stringify(usual)}\``,
    ]);
    expect(table("variable").map(([variable, usual]) => [variable, usual])).toEqual(settings);
  });

  it.each([
    ["import", importMachine, 0],
    ["reprocessing", reprocessMachine, 1],
  ])("have every state of the %s machine that works, with where its failure leads", (_name, machine, place) => {
    const working = [...statesOf(machine)].filter(([, { Type }]) => Type === "Task" || Type === "Map");
    const rows = table("state", place).map(([state, , failure]) => [state, failure]);
    expect(rows).toEqual(working.map(([name, { Catch }]) => [`\`${name}\``, `\`${Catch?.at(-1)?.Next}\``]));
  });

  it("name every end of a machine", () => {
    for (const machine of [importMachine, reprocessMachine])
      for (const [name, { Type }] of statesOf(machine))
        if (Type === "Succeed" || Type === "Fail") expect(readme).toContain(`\`${name}\``);
  });

  it("have every status and every outcome", () => {
    expect(words("status")).toEqual(importStatuses);
    expect(words("outcome")).toEqual(outcomes);
  });

  it("have every field of a report", () => {
    const ended: FinishedEntry = {
      ...{ status: "FAILED", finishedAt: "2026-01-01T00:00:00.000Z", outcomes: noOutcomes(), failuresByCode: {} },
      ...{ balanced: false, rejection: { code: "NO_RECORDS", message: "" }, error: { Error: "Silent", Cause: "" } },
      reports: { report: { bucket: "b", key: "r" }, page: { bucket: "b", key: "p" } },
    };
    expect(words("field of `report.json`").sort()).toEqual(
      Object.keys(reportOf({ ...from, undoes: "" }, 0, ended, [], new OutlookSum().outlook([]), [])).sort(),
    );
  });

  it("have every event, with what is in it", () => {
    const about = ["importId", "feed", "file", "status", "reports"];
    const told = new Map<string, string[]>();
    for (const status of ["COMPLETED_WITH_FAILURES", "REJECTED", "HELD", "PREVIEWED", "FAILED"] as const) {
      const ended: FinishedEntry = {
        ...{ status, finishedAt: from.startedAt, outcomes: { ...noOutcomes(), failed: 1 }, failuresByCode: {} },
        ...{ balanced: true, rejection: { code: "NO_RECORDS", message: "" } },
        reports: { report: { bucket: "b", key: "r" }, page: { bucket: "b", key: "p" } },
      };
      for (const { DetailType, Detail } of announcementsOf(
        reportOf(from, 1, ended, [], new OutlookSum().outlook([])),
        "bus",
      ))
        told.set(
          DetailType,
          Object.keys(Detail).filter((field) => !about.includes(field)),
        );
    }
    const rows = table("detail type").map(([type, , detail]): [string, string[]] => [
      marked(type!)[0]!,
      marked(detail!),
    ]);
    expect(new Map(rows)).toEqual(told);
  });

  it("have every metric, with what tells it apart", () => {
    const rows = table("metric").map(([name, by]): [string, string[]] => [marked(name!)[0]!, marked(by!)]);
    const known = Object.entries(ownMetrics).map(([name, sets]): [string, string[]] => [name, [...sets.at(-1)!]]);
    expect(new Map(rows)).toEqual(new Map(known));
  });

  it("have the bookkeeping columns of the failed-records CSV, in their order", () => {
    expect(words("column")).toEqual(bookkeepingColumns);
  });

  it("have every cleansing step, mapping source and validator of the feed schema", () => {
    const { step, source, severalAttributes, variants, translations, prices } = feedSchema.$defs;
    const steps = table("step").map(([cell]) => /\w+/.exec(cell!)![0]);
    expect(steps).toEqual([...step.then.enum, ...Object.keys(step.properties)]);
    const sources = [...table("mapping source"), ...table("mapped field")].join();
    for (const { properties } of [source, severalAttributes, variants, translations, prices.items])
      for (const setting of Object.keys(properties)) expect(sources).toContain(`"${setting}"`);
    expect(words("validator")).toEqual(Object.keys(feedSchema.properties.validators.properties));
  });

  it("and the text around them have every setting of a feed", () => {
    const settings = Object.keys(feedSchema.properties).filter((name) => !["$schema", "description"].includes(name));
    const [chapter] = /\n## Write a feed\n[\s\S]*?\n## /.exec(readme)!;
    for (const setting of settings) expect(chapter).toMatch(new RegExp(`[\`"]${setting}[\`"]`));
  });

  it("have every alarm, with the words of its mail", () => {
    const written = Object.entries(runbooks).map(([name, { means, first }]) => [`\`${name}\``, means, first]);
    expect(table("alarm")).toEqual(written);
  });

  it("have every command of ops", () => {
    const { help } = readArguments(["--help"]) as { readonly help: string };
    const commands = [...help.matchAll(/^ {2}(\S+(?: \S+)?) {2}/gm)].map(([, name]) => name);
    const named = table("command", 1).map(([cell]) => /^`([a-z]+(?: [a-z]+)?)/.exec(cell!)![1]);
    expect([...new Set(named)]).toEqual(commands);
  });
});

describe("what is stored", () => {
  const stack = synthesised();

  it.each(["imports", "failures", "products"])("has the keys and the indexes of the table %s", (name) => {
    const declared = stack.one("aws_dynamodb_table", name);
    const [, key, indexes] = table("table").find(([first]) => first === name)!;
    expect(marked(key!).filter((word) => /^[a-z]+(?:Id)?$/.test(word))).toEqual(
      [declared["hash_key"], declared["range_key"]].filter(Boolean),
    );
    const known = (declared["global_secondary_index"] ?? []) as Readonly<Record<string, string>>[];
    expect(marked(indexes!)).toEqual(known.flatMap(({ name, hash_key, range_key }) => [name, hash_key, range_key]));
  });
});

describe("the settings of the example", () => {
  it("are settings, and possible", () => {
    expect(() => configOf(JSON.parse(block("json")) as Record<string, unknown>)).not.toThrow();
  });
});

describe("the feed of the example", () => {
  const lines = runStages(compileFeed("shoes", JSON.parse(block("json", 1))), block("csv"), undefined, ";");

  it("makes the product that the text describes", () => {
    expect(lines[0]).toMatchObject({
      kind: "mapped",
      product: {
        ...{ sku: "0017", name: "Trail Runner", price: "89.90", currency: "EUR", status: "active" },
        categories: [["Shoes", "Running"]],
        attributes: { colours: ["red", "blue"], since: "2026-02-01" },
      },
    });
    for (const value of ["Trail Runner", "89.90", "EUR", "active", "Shoes", "Running", "red", "blue", "2026-02-01"])
      expect(readme).toContain(`\`${value}\``);
  });

  it("fails the other records with the codes that the text names, one stage at a time", () => {
    expect(lines.slice(1)).toMatchObject([
      { kind: "failed", key: "0018", errors: [{ code: "PRICE_OUT_OF_RANGE" }] },
      { kind: "failed", key: "0019", errors: [{ code: "BAD_BOOLEAN", value: "perhaps" }] },
    ]);
    expect(readme).toMatch(/0018 with `PRICE_OUT_OF_RANGE`, 0019\s+with `BAD_BOOLEAN`/);
  });
});

describe("links and commands", () => {
  it("lead to files that are there", () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("lead to headings that are there", () => {
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
      text!
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, anchor] of readme.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
  });

  it("are scripts of the package", () => {
    const named = new Set([...readme.matchAll(/npm run (?:--\w+ )?([a-z0-9]+)/g)].map(([, name]) => name!));
    for (const name of named) expect(Object.keys(manifest.scripts)).toContain(name);
  });
});

const from: ImportRef = {
  ...{ importId: "0".repeat(32), feed: "shoes", eventTime: "2026-01-01T00:00:00.000Z", sequencer: "" },
  file: { bucket: "inbox", key: "incoming/shoes/shoes.csv", etag: "e", bytes: 1 },
  archived: { bucket: "archive", key: "shoes.csv" },
  ...{ owner: "execution", startedAt: "2026-01-01T00:00:00.000Z" },
};

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

/** The states of a machine by name, those inside its Maps behind each Map. */
function statesOf({ States }: { readonly States: unknown }): ReadonlyMap<string, State> {
  const states = Object.entries(States as Readonly<Record<string, State>>);
  return new Map(
    states.flatMap(([name, state]): [string, State][] => [
      [name, state],
      ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
    ]),
  );
}

/** What may follow a state when it succeeds, states that only choose or note passed over. */
function nextOf(states: ReadonlyMap<string, State>, name: string): string[] {
  const { Next, Default, Choices = [] } = states.get(name)!;
  const followers = [Next, Default, ...Choices.map((choice) => choice.Next)].filter((one) => one !== undefined);
  return followers.flatMap((one) =>
    ["Choice", "Pass"].includes(states.get(one)!.Type) ? [one, ...nextOf(states, one)] : [one],
  );
}

/** The rows of the table whose header begins with that cell; `place` counts those that do, from 0. */
function table(first: string, place = 0): string[][] {
  const lines = readme.split("\n");
  const headers = [...lines.keys()].filter((at) => cellsOf(lines[at]!)[0] === first);
  const start = headers[place];
  if (start === undefined) throw new Error(`The README has ${headers.length} tables that begin with ${first}.`);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map(cellsOf);
}

function cellsOf(line: string): string[] {
  if (!line.startsWith("|")) return [];
  const cells = line.split("|").map((cell) => cell.trim());
  return cells.slice(1, -1).map((cell) => cell.replaceAll("&lt;", "<").replaceAll("&gt;", ">"));
}

/** What stands between backticks. */
function marked(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
}

/** The words between backticks in the first cells of a table. */
function words(first: string): string[] {
  return table(first).flatMap(([cell]) => marked(cell!));
}

/** The first block of code in a language. */
function block(language: string, place = 0): string {
  const found = [...readme.matchAll(new RegExp(`^ *\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "gm"))][place];
  if (!found) throw new Error(`The README has no ${language} at place ${place}.`);
  return found[1]!;
}
