import { describe, expect, it } from "vitest";
import { addLedger, balances } from "#imports/balance.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { noOutcomes } from "#records/line.ts";

function closed(chunk: number, created: number, failed: number): ChunkEntry {
  const outcomes = { ...noOutcomes(), created, failed };
  const failuresByCode = failed > 0 ? { RAGGED_RECORD: failed } : {};
  return { importId: "i", chunk, state: "CLOSED", records: created + failed, outcomes, failuresByCode };
}

describe("the balance of an import", () => {
  const ledger = [closed(1, 3, 0), closed(2, 1, 2)];

  it("holds where records = outcomes = ledger, and failed = dead letters", () => {
    const sum = addLedger(ledger, 2);
    expect(sum).toMatchObject({ unclosed: 0, failuresByCode: { RAGGED_RECORD: 2 }, failedChunks: [2] });
    expect(balances(6, sum, 2)).toBe(true);
  });

  it("breaks where a chunk is missing from the ledger", () => {
    expect(balances(6, addLedger(ledger, 3), 2)).toBe(false);
  });

  it("breaks where a chunk is not closed", () => {
    const sum = addLedger([ledger[0]!, { ...ledger[1]!, state: "CLOSING" }], 2);
    expect(sum.unclosed).toBe(1);
    expect(balances(3, sum, 0)).toBe(false);
  });

  it("breaks where a record has no outcome", () => {
    expect(balances(7, addLedger(ledger, 2), 2)).toBe(false);
  });

  it("breaks where a dead letter is missing or doubled", () => {
    expect(balances(6, addLedger(ledger, 2), 1)).toBe(false);
    expect(balances(6, addLedger(ledger, 2), 3)).toBe(false);
  });
});
