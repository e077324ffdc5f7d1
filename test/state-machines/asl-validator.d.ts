/** The package's own types are not where its package.json says. */
declare module "asl-validator" {
  export default function validate(
    definition: object,
    options: { checkPaths: boolean; checkArn: boolean },
  ): { readonly isValid: boolean; readonly errorsText: (separator: string) => string };
}
