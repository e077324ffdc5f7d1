import type { CompileField } from "#feeds/fields/field.ts";
import { settingsOf } from "#feeds/fields/field.ts";
import type { Read } from "#feeds/source.ts";

/** A yes or no, which its column's cleansing has made of the feed's words. */
export const flag: CompileField<boolean> = (source, use, context) => {
  settingsOf(source, [], use, context);
  const { compiler, columnOf } = context;
  const { read, holds, column } = compiler.compile(source, use);
  if (column !== undefined) columnOf.set(use.field, column);
  if (holds !== "boolean" && holds !== "any")
    compiler.fault(
      use.path,
      `${use.field} is a flag and its column holds ${holds}: give it the cleansing step boolean`,
    );
  return read as Read<boolean>;
};
