/** The DynamoDB server of the engine and of the tests: dynalite, with one fault of it mended as it is loaded. */
import { createRequire, registerHooks } from "node:module";
import type { Server } from "node:http";

type Dynalite = (options: { readonly path?: string; readonly createTableMs: number }) => Server;

// Items with the same index keys are told apart by 24 bits of a hash of their own key, so that one is lost to every query of the
// index where two agree: of 20,000 dead letters that failed in four chunks, one in about every sixth run. Their whole key tells.
const fault = "hashPrefix.apply(this, tableKeyPieces)";
const mended = "tableKeyPieces.join('/')";

const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/dynalite/db/index.js")) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    if (!source.includes(fault))
      throw new Error(`dynalite has no "${fault}" any more: see whether ${import.meta.url} is still needed.`);
    return { ...loaded, source: source.replace(fault, mended) };
  },
});
/** Makes a server over a folder, or in memory. */
export const dynalite = createRequire(import.meta.url)("dynalite") as Dynalite;
hooks.deregister();
