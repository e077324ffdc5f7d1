/** The name of a file without its folder and its ending: `incoming/shoes/2024/spring.csv.gz` is `spring`. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/(?:\.(?:csv|tsv|txt|xlsx))?(?:\.gz)?$/i, "");
}
