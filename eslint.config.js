import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["node_modules", "dist", "build", "cdktf.out", ".local", ".e2e"]),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      // A number in a message is what its reader wants to see.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Leaving a property out of a copy needs a name for it.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Indexed access is already checked by the compiler (noUncheckedIndexedAccess); hot loops say `!` where the bound is known.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
);
