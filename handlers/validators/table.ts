import type { ValidatorSettings } from "#feeds/feed.ts";
import { barcode } from "./barcode.ts";
import { images } from "./images.ts";
import { prices } from "./prices.ts";
import { prohibited } from "./prohibited.ts";
import { range } from "./range.ts";
import { required } from "./required.ts";
import type { Rule, Setting, Validator } from "./rule.ts";

/** All validators, by the name under which a feed sets them up. A new one is a file, an entry here, and its settings' schema. */
const validators = { prohibited, prices, range, required, barcode, images } satisfies {
  [Name in keyof Required<ValidatorSettings>]: Validator<NonNullable<ValidatorSettings[Name]>>;
};

/** The rules that a feed asks for. */
export function compileValidators(settings: ValidatorSettings, setting: Setting): Rule[] {
  return Object.entries(settings).map(([name, own]) => {
    const validator = validators[name as keyof typeof validators] as Validator<unknown>;
    return validator(own, setting);
  });
}
