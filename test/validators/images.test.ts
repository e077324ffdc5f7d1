import { expect, test } from "vitest";
import { images } from "../../handlers/validators/images.ts";
import { errorsOf, setting } from "./rules.ts";

const strict = images({ hosts: ["img.example.com", "cdn.example.com"], extensions: ["webp", ".JPG"] }, setting);
const relative = images({ relative: true }, setting);

test.each([
  "https://img.example.com/a/1.webp",
  "https://cdn.example.com/a.b/1.Jpg?v=1623104890#top",
  "HTTPS://IMG.example.com/1.webp",
  "https://img.example.com:8443/1.webp",
])("%s has the form", (image) => {
  expect(errorsOf(strict, { images: [image] })).toEqual([]);
});

test.each([
  ["1.webp", "which is not a URL that begins with https: write the whole URL."],
  ["http://img.example.com/1.webp", "whose scheme is not https: correct it."],
  ["javascript:alert(1)//1.webp", "whose scheme is not https: correct it."],
  ["https://img.example.org/1.webp", "whose host is not img.example.com or cdn.example.com: correct it."],
  ["https://img.example.com@evil.example/1.webp", "whose host is not img.example.com or cdn.example.com: correct it."],
  ["https://img.example.com.evil.example/1.webp", "whose host is not img.example.com or cdn.example.com: correct it."],
  ["https://", "which is not a URL: correct it."],
  ["//img.example.com/1.webp", "which is not a URL: correct it."],
  ["https://img.example.com/1.gif", "which does not end in webp or jpg: correct it."],
  ["https://img.example.com/1.webp/x", "which does not end in webp or jpg: correct it."],
  ["https://img.example.com", "which does not end in webp or jpg: correct it."],
])("%s is refused: %s", (image, problem) => {
  expect(errorsOf(strict, { images: [image] })).toEqual([
    { code: "BAD_IMAGE_URL", message: `Column "IMAGES" has "${image}", ${problem}`, column: "IMAGES", value: image },
  ]);
});

test.each(["1.webp", "a/b.png", "/media/a.jpg", "/", "a b", "..webp", "https://any.example/x"])(
  "%j has the form where paths are allowed",
  (image) => {
    expect(errorsOf(relative, { images: [image] })).toEqual([]);
  },
);

test.each(["/../etc/passwd", "../1.webp", "a/../../b", "a\\b", "\\\\host\\x"])(
  "%j is no plain relative path",
  (image) => {
    expect(errorsOf(relative, { images: [image] }).map(({ message }) => message)).toEqual([
      expect.stringContaining("which is not a plain relative path: correct it.") as unknown,
    ]);
  },
);

test("//img.example.com/1.webp is a URL without its scheme, not a path", () => {
  expect(errorsOf(relative, { images: ["//img.example.com/1.webp"] }).map(({ message }) => message)).toEqual([
    expect.stringContaining("which is not a URL: correct it.") as unknown,
  ]);
});

test("each image that is wrong is told, and no image is no fault", () => {
  expect(errorsOf(strict, { images: ["a", "https://img.example.com/1.webp", "b"] })).toHaveLength(2);
  expect(errorsOf(strict, {})).toEqual([]);
});
