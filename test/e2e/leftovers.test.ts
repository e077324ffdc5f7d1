import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkNothingLeft } from "../../scripts/e2e/leftovers.ts";
import { Progress } from "../../scripts/e2e/progress.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

function failuresOf(...[stood, stands]: [object, object]): readonly string[] {
  const progress = new Progress();
  checkNothingLeft(progress, stood as never, stands as never);
  return progress.failed;
}

describe("what is left", () => {
  it("is nothing where something of each kind stood and none does", () => {
    expect(failuresOf({ queues: ["q"], topics: ["t"] }, { queues: [], topics: [] })).toEqual([]);
  });

  it("is a failure, and so is a kind of which nothing ever stood: it may be asked for in vain", () => {
    expect(failuresOf({ queues: ["q"], topics: ["t"] }, { queues: ["q"], topics: [] })).toHaveLength(1);
    expect(failuresOf({ queues: ["q"], topics: [] }, { queues: [], topics: [] })).toHaveLength(1);
  });
});
