import { describe, expect, test } from "vitest";
import { compilePattern } from "../../scripts/local/event-pattern.ts";

const event = {
  source: "aws.s3",
  "detail-type": "Object Created",
  resources: ["arn:aws:s3:::one", "arn:aws:s3:::two"],
  detail: {
    bucket: { name: "inbox" },
    object: { key: "incoming/bagisto/a.CSV", size: 42 },
    deleted: false,
    gone: null,
  },
};

describe("compilePattern", () => {
  test.each<[string, object, boolean]>([
    ["equal text", { source: ["aws.s3"] }, true],
    ["another text", { source: ["aws.ec2"] }, false],
    ["one of several", { source: ["aws.ec2", "aws.s3"] }, true],
    ["all fields", { source: ["aws.s3"], "detail-type": ["Object Deleted"] }, false],
    ["a nested field", { detail: { bucket: { name: ["inbox"] } } }, true],
    ["an element of a list", { resources: ["arn:aws:s3:::two"] }, true],
    ["false and null", { detail: { deleted: [false], gone: [null] } }, true],
    ["a prefix", { detail: { object: { key: [{ prefix: "incoming/" }] } } }, true],
    ["another prefix", { detail: { object: { key: [{ prefix: "reports/" }] } } }, false],
    ["a suffix in another case", { detail: { object: { key: [{ suffix: ".csv" }] } } }, false],
    [
      "a suffix whatever the case",
      { detail: { object: { key: [{ suffix: { "equals-ignore-case": ".csv" } }] } } },
      true,
    ],
    ["a text whatever the case", { source: [{ "equals-ignore-case": "AWS.S3" }] }, true],
    ["a wildcard", { detail: { object: { key: [{ wildcard: "incoming/*/a.*" }] } } }, true],
    ["a wildcard without a match", { detail: { object: { key: [{ wildcard: "incoming/*.xlsx" }] } } }, false],
    ["a dot as a dot", { source: [{ wildcard: "aws-s*" }] }, false],
    ["an escaped star as a star", { source: [{ wildcard: "aws\\*s3" }] }, false],
    ["anything but", { source: [{ "anything-but": "aws.s3" }] }, false],
    ["anything but a list", { source: [{ "anything-but": ["aws.ec2", "aws.sns"] }] }, true],
    ["anything but a prefix", { source: [{ "anything-but": { prefix: "aws." } }] }, false],
    ["anything but, where the field is absent", { nothing: [{ "anything-but": "x" }] }, false],
    ["what exists", { detail: { object: { key: [{ exists: true }] } } }, true],
    ["what does not exist", { detail: { object: { "version-id": [{ exists: false }] } } }, true],
    ["a number in a range", { detail: { object: { size: [{ numeric: [">", 0, "<=", 42] }] } } }, true],
    ["a number outside a range", { detail: { object: { size: [{ numeric: ["<", 42] }] } } }, false],
    ["either of two", { $or: [{ source: ["aws.ec2"] }, { detail: { object: { size: [42] } } }] }, true],
  ])("tells of %s", (_, pattern, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  test.each<[string, object]>([
    ["cidr", { detail: { ip: [{ cidr: "10.0.0.0/8" }] } }],
    ["sufix", { source: [{ "anything-but": { sufix: ".csv" } }] }],
  ])("throws NotEmulated for the operator %s when it is compiled", (operator, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(`the event pattern operator ${operator}`);
  });

  test("throws where a pattern gives a value outside a list", () => {
    expect(() => compilePattern({ source: "aws.s3" })).toThrow('not "aws.s3"');
  });
});
