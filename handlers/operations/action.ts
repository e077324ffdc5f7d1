import { quoted } from "#imports/ops-command.ts";
import type { FailureStatus } from "#failures/dead-letter.ts";
import type { FailureFilter } from "#reprocessing/flow.ts";

/** Something that may be asked of the pipeline. Whoever offers it to a person writes it in their own way: as a command, as an address. */
export type Action =
  | { readonly ask: "imports" }
  | { readonly ask: "import"; readonly importId: string }
  | {
      readonly ask: "rerun" | "release" | "discard" | "undo";
      readonly importId: string;
      readonly reason?: string;
    }
  | { readonly ask: "failures"; readonly filter?: FailureFilter; readonly status?: FailureStatus }
  | { readonly ask: "export"; readonly filter?: FailureFilter; readonly file: string }
  | {
      readonly ask: "reprocess";
      readonly filter?: FailureFilter;
      /** A failed-records CSV with its cells corrected. */
      readonly corrections?: string;
      readonly includeFinal?: boolean;
      readonly reason?: string;
    }
  | { readonly ask: "park" | "reopen"; readonly failure: string; readonly reason?: string }
  | { readonly ask: "products"; readonly catalog: string };

/** An action as a command of `ops`, from its first word on; where no reason is given, TEXT stands for one. */
export function opsWords(action: Action): string {
  switch (action.ask) {
    case "imports":
      return "imports";
    case "import":
      return `imports show ${action.importId}`;
    case "rerun":
    case "release":
    case "discard":
    case "undo":
      return words(`imports ${action.ask} ${action.importId}`, reasonOf(action));
    case "failures":
      return words("failures", ...filterOptions(action.filter), action.status && `--status ${action.status}`);
    case "export":
      return words("failures export", ...filterOptions(action.filter), `--out ${quoted(action.file)}`);
    case "reprocess":
      return words(
        "reprocess",
        ...(action.corrections === undefined ? [] : [`--corrections ${quoted(action.corrections)}`]),
        ...filterOptions(action.filter),
        action.includeFinal && "--include-final",
        reasonOf(action),
      );
    case "park":
    case "reopen":
      return words(action.ask, action.failure, reasonOf(action));
    case "products":
      return `products list ${action.catalog}`;
  }
}

const optionNames = { importId: "import", feed: "feed", code: "code", sku: "sku", since: "since" } as const;

/** A filter as the options of `ops`. A request that was refused may have anything in it: that is left out. */
function filterOptions(filter: FailureFilter = {}): string[] {
  return Object.entries(optionNames).flatMap(([name, option]) => {
    const value: unknown = filter[name as keyof FailureFilter];
    if (typeof value !== "string") return [];
    // What begins with a dash would be read as an option.
    return [`--${option}${value.startsWith("-") ? "=" : " "}${quoted(value)}`];
  });
}

function reasonOf({ reason }: { readonly reason?: string }): string {
  return `--reason ${reason === undefined ? "TEXT" : `"${reason}"`}`;
}

function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(" ");
}
