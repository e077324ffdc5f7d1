import { describe, expect, it } from "vitest";
import { fillDefinition } from "../../infra/definition.ts";

describe("filling a definition", () => {
  it("replaces texts by texts and by numbers", () => {
    expect(fillDefinition('{"a":"${Bucket}","b":["${Count}"]}', { Bucket: "x", Count: 7 })).toBe('{"a":"x","b":[7]}');
  });

  it("leaves intrinsic functions and context paths alone", () => {
    const asl = `{"p.$":"States.Format('imports/{}', $.id)","q.$":"$$.Execution.Id"}`;
    expect(fillDefinition(asl, {})).toBe(asl);
  });

  it("keeps JSONata from being a directive of Terraform", () => {
    expect(fillDefinition('{"a":"{% $x %}","b":"50%{"}', {})).toBe('{"a":"{% $x %}","b":"50%%{"}');
  });

  it("throws on a placeholder that nothing fills", () => {
    expect(() => fillDefinition('{"a":"${Missing}"}', {})).toThrow(
      "The definition asks for ${Missing}, which nothing fills.",
    );
  });

  it("throws on a value that nobody asks for", () => {
    expect(() => fillDefinition("{}", { Idle: "x" })).toThrow(
      "${Idle} is filled, but the definition never asks for it.",
    );
  });

  it("throws on a placeholder inside a longer text", () => {
    expect(() => fillDefinition('{"a":"s3://${Bucket}/x"}', { Bucket: "x" })).toThrow(
      'The definition has "s3://${Bucket}/x"; a placeholder must be the whole text.',
    );
  });
});
