/** What each placeholder of a definition stands for: an ARN, a name, or a number. */
export type Fillings = Readonly<Record<string, string | number>>;

/**
 * The definition of a state machine (ASL as JSON text) with every `"${Placeholder}"` replaced by its value: a number becomes
 * a JSON number. Throws on a placeholder that is not known, on one inside a longer text, and on a value nobody asks for.
 */
export function fillDefinition(asl: string, fillings: Fillings): string {
  const asked = new Set<string>();
  const filled = JSON.stringify(JSON.parse(asl), (_, value: unknown) => {
    if (typeof value !== "string" || !value.includes("${")) return value;
    const name = /^\$\{(\w+)\}$/.exec(value)?.[1];
    if (!name) throw new Error(`The definition has "${value}"; a placeholder must be the whole text.`);
    const filling = fillings[name];
    if (filling === undefined) throw new Error(`The definition asks for \${${name}}, which nothing fills.`);
    asked.add(name);
    return filling;
  });
  const idle = Object.keys(fillings).find((name) => !asked.has(name));
  if (idle) throw new Error(`\${${idle}} is filled, but the definition never asks for it.`);
  // Terraform would take %{ for a directive of its own.
  return filled.replaceAll("%{", "%%{");
}
