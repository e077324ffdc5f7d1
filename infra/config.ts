import { readFileSync } from "node:fs";
import { usualNamePrefix } from "#imports/ops-command.ts";

/** Everything about the stack that differs between environments. Read in `infra/main.ts` only, handed on as values. */
export interface Config {
  /** Short name of the environment: dev, prod, … Part of every resource's name. */
  readonly environment: string;
  readonly region: string;
  /** First part of every resource's name. */
  readonly namePrefix: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Bucket in which Terraform keeps its state, locked while it works; a file beside the project where there is none. */
  readonly stateBucket: string;
  /** Key that encrypts what is written; the key that the stack makes where there is none. */
  readonly kmsKeyArn: string;
  /** Lifts the protection of `prod`, if it is the stack's name: what is stored can be destroyed from the next deploy on. */
  readonly unprotect: string;
  /** Who of other accounts may write files, as ARNs by the feed into whose folder each may. */
  readonly upstreamPrincipals: Readonly<Record<string, string>>;
  /** Who may take on the role of support staff, as ARNs; whom the account's own IAM lets where nobody is named. */
  readonly supportPrincipals: readonly string[];
  /** A chunk ends at whichever comes first. */
  readonly chunkRecords: number;
  readonly chunkBytes: number;
  /** Larger files are rejected by the gate. */
  readonly maxFileBytes: number;
  /** Larger Excel files are rejected: a workbook is read into memory whole. */
  readonly maxExcelBytes: number;
  /** A longer record fails alone. */
  readonly maxRecordBytes: number;
  /** Chunks prepared at the same time, per import. */
  readonly prepareConcurrency: number;
  /** Chunks imported at the same time, per import. */
  readonly importConcurrency: number;
  /** Products written at the same time, per chunk. */
  readonly writeConcurrency: number;
  /** The brake: how often each Lambda that prepares chunks runs at most, whatever the number of imports; 0 for no brake. */
  readonly reservedPreparers: number;
  /** The same for each Lambda that writes what a chunk becomes. */
  readonly reservedWriters: number;
  /**
   * Read and write units a second that each table serves at most, so that nobody's mistake costs more: 0 for no ceiling, -1 to take
   * one away that stands. Indexes have none.
   */
  readonly maxTableReadUnits: number;
  readonly maxTableWriteUnits: number;
  /** Most dead letters that one reprocessing run takes. */
  readonly reprocessLimit: number;
  /** When dead letters that time may heal run again by themselves: `rate(1 hour)`, a cron expression in UTC, or nothing. */
  readonly reprocessSchedule: string;
  /** Minutes between two sweeps. */
  readonly sweepMinutes: number;
  /** Minutes after which a file without an import is taken for one whose event was lost. */
  readonly sweepInboxAfterMinutes: number;
  /** Mail addresses that hear how imports and runs went. */
  readonly noticeAddresses: readonly string[];
  /** Mail addresses that hear of alarms. */
  readonly alarmAddresses: readonly string[];
  /** Share of an import's records that may fail before an alarm, in percent. */
  readonly alarmFailurePercent: number;
  /** Age at which a dead letter that is still open is an alarm. */
  readonly alarmOpenFailureHours: number;
  /** Hours for which an import that is held may wait for a person before an alarm. */
  readonly alarmHeldHours: number;
  /** URLs of reference services, by the names under which feeds ask for them. */
  readonly services: Readonly<Record<string, string>>;
  /** Days after which a dropped file is gone from the inbox. */
  readonly inboxDays: number;
  readonly workDays: number;
  /** Days for which an import can be taken back. */
  readonly undoDays: number;
  /** Age at which the archive moves to Glacier Instant Retrieval. */
  readonly archiveColdDays: number;
  readonly archiveDays: number;
  /** Days for which nobody without a right of its own can delete what the archive takes in; 0 for no lock. */
  readonly archiveLockDays: number;
  readonly logDays: number;
  /** Days for which the inbox's events can be replayed, and for which a file can be had that another has overwritten. */
  readonly eventDays: number;
}

/** What an environment gets that says nothing else. */
export const defaults: Config = {
  environment: "dev",
  region: "eu-central-1",
  namePrefix: usualNamePrefix,
  tags: {},
  stateBucket: "",
  kmsKeyArn: "",
  unprotect: "",
  upstreamPrincipals: {},
  supportPrincipals: [],
  chunkRecords: 5_000,
  chunkBytes: 8 * 1024 ** 2,
  maxFileBytes: 2 * 1024 ** 3,
  maxExcelBytes: 20 * 1024 ** 2,
  maxRecordBytes: 256 * 1024,
  prepareConcurrency: 20,
  importConcurrency: 10,
  writeConcurrency: 32,
  reservedPreparers: 50,
  reservedWriters: 20,
  maxTableReadUnits: 0,
  maxTableWriteUnits: 0,
  reprocessLimit: 100_000,
  reprocessSchedule: "",
  sweepMinutes: 5,
  sweepInboxAfterMinutes: 10,
  noticeAddresses: [],
  alarmAddresses: [],
  alarmFailurePercent: 20,
  alarmOpenFailureHours: 72,
  alarmHeldHours: 24,
  services: {},
  inboxDays: 90,
  workDays: 14,
  undoDays: 30,
  archiveColdDays: 90,
  archiveDays: 7 * 365,
  archiveLockDays: 0,
  logDays: 30,
  eventDays: 30,
};

/** Name of an environment's stack. */
export function stackName({ namePrefix, environment }: Config): string {
  return `${namePrefix}-${environment}`;
}

/** Whether AWS and Terraform refuse to destroy what the environment stores. */
export function isProtected(config: Config): boolean {
  return config.environment === "prod" && config.unprotect !== stackName(config);
}

/** A configuration that cannot work; its message says which setting, what it must be, and what it was. */
export class ImpossibleConfig extends Error {
  override readonly name = "ImpossibleConfig";
}

/**
 * Reads the configuration: the defaults, then the JSON file that `IMPORT_CONFIG` names, then one variable a setting
 * (`IMPORT_ENVIRONMENT`, `IMPORT_CHUNK_RECORDS`, …; `IMPORT_TAGS` as JSON). Throws ImpossibleConfig.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const file = environment["IMPORT_CONFIG"];
  return configOf({ ...(file && readSettings(file)), ...variablesOf(environment) });
}

/** The defaults with some settings of one's own, checked. Throws ImpossibleConfig. */
export function configOf(settings: Readonly<Record<string, unknown>>): Config {
  for (const [name, value] of Object.entries(settings)) {
    if (!(name in defaults))
      throw new ImpossibleConfig(`${name} is not a setting; there are ${Object.keys(defaults).join(", ")}.`);
    if (!isLike(defaults[name as keyof Config], value))
      throw new ImpossibleConfig(`${name} must be ${kindOf(name)}, but is ${JSON.stringify(value)}.`);
  }
  const config = { ...defaults, ...settings };
  checkNames(config);
  checkTags(config);
  checkAccess(config);
  checkSizes(config);
  checkConcurrency(config);
  checkCeilings(config);
  checkRetention(config);
  checkRecovery(config);
  checkNotices(config);
  checkServices(config);
  return config;
}

function readSettings(file: string): object {
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ImpossibleConfig(`IMPORT_CONFIG names ${file}, which cannot be read as JSON.`, { cause: error });
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    throw new ImpossibleConfig(`IMPORT_CONFIG names ${file}, which holds no JSON object of settings.`);
  return settings;
}

function variablesOf(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const known = new Set(["IMPORT_CONFIG"]);
  for (const [name, usual] of Object.entries(defaults)) {
    const variable = `IMPORT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    known.add(variable);
    const text = environment[variable];
    if (text === undefined || text === "") continue;
    settings[name] = typeof usual === "string" ? text : parsed(variable, text, usual);
  }
  // IMPORT_ENVIROMENT=prod must not go to dev.
  const stranger = Object.keys(environment).find((name) => name.startsWith("IMPORT_") && !known.has(name));
  if (stranger !== undefined)
    throw new ImpossibleConfig(`${stranger} is not a setting; there are ${[...known].join(", ")}.`);
  return settings;
}

function parsed(variable: string, text: string, usual: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const form = Array.isArray(usual) ? 'a JSON list such as ["a", "b"]' : "a number or JSON";
    throw new ImpossibleConfig(`${variable} must be ${form}, but is ${text}.`, { cause: error });
  }
}

/** Whether a value is of the default's kind: a number, a text, texts by name, or a list of texts. */
function isLike(usual: unknown, value: unknown): boolean {
  if (typeof usual !== "object") return typeof value === typeof usual;
  if (Array.isArray(usual) !== Array.isArray(value)) return false;
  return typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");
}

function kindOf(name: string): string {
  const usual = defaults[name as keyof Config];
  if (Array.isArray(usual)) return "a list of texts";
  if (typeof usual === "object") return "an object of texts";
  return typeof usual === "number" ? "a number" : "a text";
}

function checkNames(config: Config): void {
  matches(config, "environment", /^[a-z][a-z0-9]{1,11}$/, "2 to 12 lower-case letters and digits, a letter first");
  // prod is what is protected: whoever means it must not miss it.
  if (/^(prod.+|prd.*|live|production)$/.test(config.environment))
    refuse(config, "environment", "prod where that is meant, for by this name it is protected");
  // ARNs are built for the partition aws: neither China nor the GovCloud.
  matches(
    config,
    "region",
    /^(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-\d$/,
    "an AWS Region, such as eu-central-1",
  );
  // The longest name made of it, <prefix>-<environment>-archive-<account>, must stay within S3's 63 characters.
  matches(
    config,
    "namePrefix",
    /^[a-z][a-z0-9-]{1,27}[a-z0-9]$/,
    "3 to 29 lower-case letters, digits and hyphens, a letter first and no hyphen last",
  );
  if (config.namePrefix.includes("--")) refuse(config, "namePrefix", "without two hyphens in a row");
}

function checkTags(config: Config): void {
  const tags = Object.entries(config.tags);
  // S3, IAM and KMS take 50, and two are the stack's.
  if (tags.length > 48) refuse(config, "tags", "48 at most");
  for (const [key, value] of tags) {
    if (
      !/^[\p{L}\p{N} _.:/=+@-]{1,128}$/u.test(key) ||
      /^aws:/i.test(key) ||
      !/^[\p{L}\p{N} _.:/=+@-]{0,256}$/u.test(value)
    )
      refuse(config, "tags", `such as AWS takes (${key} is none): letters, digits, spaces and _.:/=+@-, no aws: first`);
    // IAM tells no capitals apart.
    if (/^(application|environment)$/i.test(key)) refuse(config, "tags", `others than ${key}, which the stack sets`);
  }
}

function checkAccess(config: Config): void {
  const stack = stackName(config);
  if (config.unprotect !== "" && config.unprotect !== stack) refuse(config, "unprotect", `nothing, or ${stack}`);
  if (config.stateBucket !== "")
    matches(config, "stateBucket", /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "nothing, or the name of a bucket");
  // An alias would not do: policies name keys.
  if (config.kmsKeyArn !== "") {
    matches(config, "kmsKeyArn", /^arn:aws:kms:[\w-]+:\d{12}:key\/[\w-]+$/, "nothing, or the ARN of a KMS key");
    if (config.kmsKeyArn.split(":")[3] !== config.region)
      refuse(config, "kmsKeyArn", `a key of the Region ${config.region}`);
  }
  checkUpstream(config);
  for (const principal of config.supportPrincipals) {
    if (
      !/^arn:aws:(iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)|sts::\d{12}:assumed-role\/[\w+=,.@/-]+)$/.test(principal)
    )
      refuse(config, "supportPrincipals", "ARNs of users, roles or accounts");
  }
}

function checkUpstream(config: Config): void {
  const principals = Object.entries(config.upstreamPrincipals);
  // A bucket's policy has 20 KB at most, and each takes some 300 bytes of it.
  if (principals.length > 50) refuse(config, "upstreamPrincipals", "50 at most");
  for (const [feed, principal] of principals) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(feed)) refuse(config, "upstreamPrincipals", `by feed (${feed} names none)`);
    if (!/^arn:aws:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)$/.test(principal))
      refuse(config, "upstreamPrincipals", "ARNs of users, roles or accounts (arn:aws:iam::123456789012:root) by feed");
  }
}

function checkSizes(config: Config): void {
  within(config, "chunkRecords", 1, 100_000);
  within(config, "chunkBytes", 1024, 64 * 1024 ** 2);
  // Plan reads the file whole, once, within the 14 minutes of its Lambda.
  within(config, "maxFileBytes", 1024, 20 * 1024 ** 3);
  within(config, "maxExcelBytes", 1024, 50 * 1024 ** 2);
  // A product is one DynamoDB item of at most 400 KB, and holds more than its record.
  within(config, "maxRecordBytes", 1024, 350 * 1024);
  if (config.maxRecordBytes > config.chunkBytes)
    refuse(config, "maxRecordBytes", `at most chunkBytes (${config.chunkBytes}), for a chunk holds whole records`);
  if (config.maxExcelBytes > config.maxFileBytes)
    refuse(config, "maxExcelBytes", `at most maxFileBytes (${config.maxFileBytes})`);
  // Plan rejects a file of more chunks; by their records it alone can tell.
  const chunks = Math.ceil(config.maxFileBytes / config.chunkBytes);
  if (chunks > 100_000)
    refuse(config, "chunkBytes", `such that the largest file has at most 100,000 chunks (it would have ${chunks})`);
}

function checkConcurrency(config: Config): void {
  // Beyond an account's default of 1,000 concurrent Lambdas a Map only throttles itself.
  within(config, "prepareConcurrency", 1, 1000);
  within(config, "importConcurrency", 1, 1000);
  within(config, "writeConcurrency", 1, 256);
  // What an account must leave unreserved is left: its default of 1,000 less 100, shared by five and by three Lambdas.
  within(config, "reservedPreparers", 0, 120);
  within(config, "reservedWriters", 0, 100);
  for (const [concurrency, reserved] of [
    ["prepareConcurrency", "reservedPreparers"],
    ["importConcurrency", "reservedWriters"],
  ] as const) {
    if (config[reserved] > 0 && config[concurrency] > config[reserved])
      refuse(config, concurrency, `at most ${reserved} (${config[reserved]}), or one import alone would be throttled`);
  }
}

function checkCeilings(config: Config): void {
  for (const setting of ["maxTableReadUnits", "maxTableWriteUnits"] as const) {
    const units = config[setting];
    if (units === 0 || units === -1) continue;
    // The largest item, of 400 KB, takes 400 units to write; below that it would be throttled for ever.
    if (!Number.isSafeInteger(units) || units < 400 || units > 1_000_000)
      refuse(config, setting, "0 (no ceiling), -1 (the ceiling that stands is taken away), or from 400 to 1000000");
  }
}

// What CloudWatch Logs accepts, up to two years.
const logRetention = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

function checkRetention(config: Config): void {
  within(config, "inboxDays", 2, 3650);
  // An import runs for three days at most, a person needs some more to look at what it left.
  within(config, "workDays", 5, 365);
  within(config, "undoDays", 1, 365);
  within(config, "archiveColdDays", 1, 3650);
  within(config, "archiveDays", 1, 36_500);
  // Glacier Instant Retrieval bills 90 days at least.
  if (config.archiveColdDays < config.undoDays)
    refuse(
      config,
      "archiveColdDays",
      `at least undoDays (${config.undoDays}), for what goes so soon must not get cold`,
    );
  if (config.archiveDays < config.archiveColdDays + 90)
    refuse(config, "archiveDays", `at least archiveColdDays + 90 (${config.archiveColdDays + 90})`);
  within(config, "archiveLockDays", 0, 36_500);
  if (config.archiveLockDays > config.archiveDays)
    refuse(config, "archiveLockDays", `at most archiveDays (${config.archiveDays}), for what is locked cannot go`);
  within(config, "eventDays", 1, 365);
  if (config.eventDays >= config.inboxDays)
    refuse(config, "eventDays", `less than inboxDays (${config.inboxDays}), for a replayed event needs its file`);
  if (!logRetention.includes(config.logDays)) refuse(config, "logDays", `one of ${logRetention.join(", ")}`);
}

function checkNotices(config: Config): void {
  for (const setting of ["noticeAddresses", "alarmAddresses"] as const) {
    if (!config[setting].every((address) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address)))
      refuse(config, setting, "mail addresses");
    if (new Set(config[setting]).size < config[setting].length) refuse(config, setting, "addresses that differ");
  }
  within(config, "alarmFailurePercent", 1, 100);
  // The sweep looks at them; CloudWatch keeps what it sees for long enough.
  within(config, "alarmOpenFailureHours", 1, 24 * 90);
  within(config, "alarmHeldHours", 1, 24 * 90);
}

function checkRecovery(config: Config): void {
  // SelectFailures takes some 1,000 a second, within the 14 minutes of its Lambda.
  within(config, "reprocessLimit", 1, 500_000);
  if (config.reprocessSchedule !== "")
    matches(
      config,
      "reprocessSchedule",
      /^(rate\((1 (minute|hour|day)|[1-9]\d+ (minutes|hours|days)|[2-9] (minutes|hours|days))\)|cron\([\d*,/-]+ [\d*,/-]+ ([\d*,/LW-]+ [\dA-Z*,/-]+ \?|\? [\dA-Z*,/-]+ [\dA-Z*,#/-]+) [\d*,/-]+\))$/,
      "nothing, rate(1 hour), rate(30 minutes) or their like, or cron(…) with six fields, a ? for the day of month or week",
    );
  within(config, "sweepMinutes", 1, 60);
  // Well below the day for which a file lies in the inbox at least.
  within(config, "sweepInboxAfterMinutes", 1, 720);
}

// What Lambda or Node would take for theirs, and what the Lambda that calls services has for itself.
const takenVariables =
  /^(AWS_|LAMBDA_|NODE_|POWERTOOLS_|PATH$|TZ$|LANG$|ARCHIVE_BUCKET$|WORK_BUCKET$|MAX_RECORD_BYTES$)/;

function checkServices(config: Config): void {
  // A Lambda takes 4 KB of variables, and some are its own.
  if (JSON.stringify(config.services).length > 3000) refuse(config, "services", "3,000 characters at most");
  for (const [name, url] of Object.entries(config.services)) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name))
      refuse(config, "services", `named by capitals, digits and underscores (${name} is not)`);
    if (takenVariables.test(name)) refuse(config, "services", `named otherwise than ${name}, which is taken`);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      refuse(config, "services", `http or https URLs (that of ${name} is none)`);
  }
}

function matches(
  config: Config,
  setting: "environment" | "region" | "namePrefix" | "stateBucket" | "kmsKeyArn" | "reprocessSchedule",
  form: RegExp,
  what: string,
): void {
  if (!form.test(config[setting])) refuse(config, setting, what);
}

function within(config: Config, setting: keyof Config, least: number, most: number): void {
  const value = config[setting];
  if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most)
    refuse(config, setting, `a whole number from ${least} to ${most}`);
}

function refuse(config: Config, setting: keyof Config, what: string): never {
  throw new ImpossibleConfig(`${setting} must be ${what}, but is ${JSON.stringify(config[setting])}.`);
}
