import { readArguments, type Arguments } from "../../scripts/ops/arguments.ts";

/** The commands of a notice, as `ops` reads them. Throws where a line is none that a shell would take, or `ops` refuses one. */
export function commandsOf(message: string, variables = "IMPORT_ENVIRONMENT=dev"): Arguments[] {
  return message
    .split("\n")
    .filter((line) => line.includes("npm run"))
    .map((line) => {
      const start = `  ${variables} npm run ops -- `;
      if (!line.startsWith(start)) throw new Error(`Nobody can copy ${line}`);
      // A file that is yet to be fetched is looked for: any other stands for it.
      const words = wordsOf(line.slice(start.length)).map((word, at, all) =>
        all[at - 1] === "--corrections" ? import.meta.filename : word,
      );
      const read = readArguments(words);
      if ("help" in read) throw new Error(`${line} asks for help.`);
      return read;
    });
}

/** The words of a command line, as a shell divides them. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, "$1$2$3"));
}
