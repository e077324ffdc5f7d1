import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configOf, defaults, readConfig } from "../../infra/config.ts";

describe("reading the configuration", () => {
  it("gives the defaults where nothing is said", () => {
    expect(readConfig({})).toEqual(defaults);
  });

  it("takes settings from variables, texts as they are and the rest as JSON", () => {
    const read = readConfig({
      IMPORT_ENVIRONMENT: "prod",
      IMPORT_CHUNK_RECORDS: "2000",
      IMPORT_TAGS: '{"team":"catalogue"}',
    });
    expect(read).toEqual({ ...defaults, environment: "prod", chunkRecords: 2000, tags: { team: "catalogue" } });
  });

  it("takes settings from the file that IMPORT_CONFIG names, and lets variables override it", () => {
    const folder = mkdtempSync(join(tmpdir(), "product-import-config-"));
    try {
      const file = join(folder, "test.json");
      writeFileSync(file, JSON.stringify({ environment: "test", region: "eu-west-1" }));
      expect(readConfig({ IMPORT_CONFIG: file, IMPORT_REGION: "us-east-1" })).toEqual({
        ...defaults,
        environment: "test",
        region: "us-east-1",
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(["", "rate(1 minute)", "rate(30 minutes)", "rate(2 hours)", "cron(0 5 * * ? *)"])(
    "takes the schedule %j",
    (reprocessSchedule) => {
      expect(configOf({ reprocessSchedule })).toMatchObject({ reprocessSchedule });
    },
  );

  it("takes reference services by name, a port and a path included", () => {
    const services = { REFERENCE_URL: "http://127.0.0.1:8080/lookup" };
    expect(readConfig({ IMPORT_SERVICES: JSON.stringify(services) })).toMatchObject({ services });
  });

  it("takes lists as JSON", () => {
    expect(readConfig({ IMPORT_ALARM_ADDRESSES: '["platform@example.org"]' })).toMatchObject({
      alarmAddresses: ["platform@example.org"],
    });
  });

  it("takes accounts and roles of upstream systems, by feed", () => {
    const upstreamPrincipals = { erp: "arn:aws:iam::111122223333:root", shop: "arn:aws:iam::111122223333:role/a/b" };
    expect(configOf({ upstreamPrincipals })).toMatchObject({ upstreamPrincipals });
  });

  it("takes no brake at all, as an account with a small limit needs it", () => {
    expect(configOf({ reservedPreparers: 0, reservedWriters: 0, importConcurrency: 200 })).toMatchObject({
      reservedWriters: 0,
    });
  });

  it("refuses a file that is not there or is no JSON", () => {
    expect(() => readConfig({ IMPORT_CONFIG: "/nowhere.json" })).toThrow(
      "IMPORT_CONFIG names /nowhere.json, which cannot be read as JSON.",
    );
  });

  it("refuses a file that holds no settings", () => {
    const folder = mkdtempSync(join(tmpdir(), "product-import-config-"));
    try {
      const file = join(folder, "list.json");
      for (const text of ["null", "[1]", '"dev"']) {
        writeFileSync(file, text);
        expect(() => readConfig({ IMPORT_CONFIG: file })).toThrow("which holds no JSON object of settings.");
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a variable that looks like a setting and is none: a misspelt prod must not become dev", () => {
    expect(() => readConfig({ IMPORT_ENVIROMENT: "prod" })).toThrow("IMPORT_ENVIROMENT is not a setting; there are ");
  });

  it("says how a list is written", () => {
    expect(() => readConfig({ IMPORT_ALARM_ADDRESSES: "a@b.de" })).toThrow(
      'IMPORT_ALARM_ADDRESSES must be a JSON list such as ["a", "b"], but is a@b.de.',
    );
  });

  it("refuses a number that is none", () => {
    expect(() => readConfig({ IMPORT_CHUNK_RECORDS: "many" })).toThrow(
      "IMPORT_CHUNK_RECORDS must be a number or JSON, but is many.",
    );
  });
});

describe("an impossible value is refused with a sentence", () => {
  it.each([
    [{ chunkRecord: 1 }, "chunkRecord is not a setting; there are environment, region, "],
    [{ region: 7 }, "region must be a text, but is 7."],
    [{ chunkRecords: "7" }, 'chunkRecords must be a number, but is "7".'],
    [{ tags: { a: 1 } }, 'tags must be an object of texts, but is {"a":1}.'],
    [
      { environment: "Prod" },
      'environment must be 2 to 12 lower-case letters and digits, a letter first, but is "Prod".',
    ],
    [{ region: "Frankfurt" }, 'region must be an AWS Region, such as eu-central-1, but is "Frankfurt".'],
    [{ namePrefix: "x".repeat(30) }, "namePrefix must be 3 to 29 lower-case letters, digits and hyphens, "],
    [{ namePrefix: "a--b" }, 'namePrefix must be without two hyphens in a row, but is "a--b".'],
    [{ chunkRecords: 0 }, "chunkRecords must be a whole number from 1 to 100000, but is 0."],
    [{ chunkBytes: 1e9 }, "chunkBytes must be a whole number from 1024 to 67108864, but is 1000000000."],
    [{ maxFileBytes: 2.5 }, "maxFileBytes must be a whole number from 1024 to 21474836480, but is 2.5."],
    [{ maxExcelBytes: 1e8 }, "maxExcelBytes must be a whole number from 1024 to 52428800, but is 100000000."],
    [{ maxRecordBytes: 400_000 }, "maxRecordBytes must be a whole number from 1024 to 358400, but is 400000."],
    [
      { chunkBytes: 100_000 },
      "maxRecordBytes must be at most chunkBytes (100000), for a chunk holds whole records, but is 262144.",
    ],
    [{ maxFileBytes: 1024 ** 2 }, "maxExcelBytes must be at most maxFileBytes (1048576), but is 20971520."],
    [
      { chunkBytes: 65_536, maxRecordBytes: 65_536, maxFileBytes: 20 * 1024 ** 3 },
      "chunkBytes must be such that the largest file has at most 100,000 chunks (it would have 327680), but is 65536.",
    ],
    [{ prepareConcurrency: 0 }, "prepareConcurrency must be a whole number from 1 to 1000, but is 0."],
    [{ importConcurrency: 5000 }, "importConcurrency must be a whole number from 1 to 1000, but is 5000."],
    [{ writeConcurrency: 1000 }, "writeConcurrency must be a whole number from 1 to 256, but is 1000."],
    [{ reservedWriters: 500 }, "reservedWriters must be a whole number from 0 to 100, but is 500."],
    [
      { importConcurrency: 21 },
      "importConcurrency must be at most reservedWriters (20), or one import alone would be throttled, but is 21.",
    ],
    [{ prepareConcurrency: 51 }, "prepareConcurrency must be at most reservedPreparers (50), "],
    [
      { maxTableWriteUnits: 100 },
      "maxTableWriteUnits must be 0 (no ceiling), -1 (the ceiling that stands is taken away), or from 400 to 1000000, ",
    ],
    [{ maxTableReadUnits: 4000.5 }, "maxTableReadUnits must be 0 (no ceiling), "],
    [{ stateBucket: "My_Bucket" }, 'stateBucket must be nothing, or the name of a bucket, but is "My_Bucket".'],
    [{ unprotect: "yes" }, 'unprotect must be nothing, or product-import-dev, but is "yes".'],
    [{ kmsKeyArn: "alias/mine" }, 'kmsKeyArn must be nothing, or the ARN of a KMS key, but is "alias/mine".'],
    [
      { supportPrincipals: ["support"] },
      'supportPrincipals must be ARNs of users, roles or accounts, but is ["support"].',
    ],
    [{ supportPrincipals: "support" }, 'supportPrincipals must be a list of texts, but is "support".'],
    [{ upstreamPrincipals: { erp: "111122223333" } }, "upstreamPrincipals must be ARNs of users, roles or accounts "],
    [{ upstreamPrincipals: { erp: "*" } }, "upstreamPrincipals must be ARNs of users, "],
    [
      { upstreamPrincipals: { "erp/*": "arn:aws:iam::111122223333:root" } },
      "upstreamPrincipals must be by feed (erp/* names none), ",
    ],
    [
      {
        upstreamPrincipals: Object.fromEntries(
          Array.from({ length: 51 }, (_, n) => [`f${n}`, "arn:aws:iam::111122223333:root"]),
        ),
      },
      "upstreamPrincipals must be 50 at most, ",
    ],
    [{ noticeAddresses: ["nobody"] }, 'noticeAddresses must be mail addresses, but is ["nobody"].'],
    [{ alarmFailurePercent: 0 }, "alarmFailurePercent must be a whole number from 1 to 100, but is 0."],
    [{ alarmOpenFailureHours: 0 }, "alarmOpenFailureHours must be a whole number from 1 to 2160, but is 0."],
    [{ eventDays: 0 }, "eventDays must be a whole number from 1 to 365, but is 0."],
    [
      { services: { POWERTOOLS_LOG_LEVEL: "https://x" } },
      "services must be named otherwise than POWERTOOLS_LOG_LEVEL, ",
    ],
    [{ environment: "production" }, "environment must be prod where that is meant, for by this name it is protected, "],
    [{ region: "cn-north-1" }, 'region must be an AWS Region, such as eu-central-1, but is "cn-north-1".'],
    [{ region: "us-gov-west-1" }, "region must be an AWS Region, "],
    [
      { kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/8a2f1c3e" },
      "kmsKeyArn must be a key of the Region eu-central-1, ",
    ],
    [{ tags: { "aws:x": "1" } }, "tags must be such as AWS takes (aws:x is none): "],
    [{ tags: { a: "x".repeat(300) } }, "tags must be such as AWS takes (a is none): "],
    [{ tags: { Application: "shop" } }, "tags must be others than Application, which the stack sets, "],
    [{ tags: Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`t${n}`, "1"])) }, "tags must be 48 at most, "],
    [{ supportPrincipals: ["arn:aws:sts::123456789012:user/x"] }, "supportPrincipals must be ARNs of users, "],
    [{ stateBucket: "a..b" }, "stateBucket must be nothing, or the name of a bucket, "],
    [{ alarmAddresses: ["a@b.de", "a@b.de"] }, "alarmAddresses must be addresses that differ, "],
    [{ inboxDays: 30 }, "eventDays must be less than inboxDays (30), for a replayed event needs its file, but is 30."],
    [{ reprocessSchedule: "cron(0 3 * * * *)" }, "reprocessSchedule must be nothing, "],
    [{ reprocessSchedule: "cron(a b c d e f)" }, "reprocessSchedule must be nothing, "],
    [{ services: { URL: `https://x/${"y".repeat(3000)}` } }, "services must be 3,000 characters at most, "],
    [{ workDays: 1 }, "workDays must be a whole number from 5 to 365, but is 1."],
    [{ archiveDays: 100 }, "archiveDays must be at least archiveColdDays + 90 (180), but is 100."],
    [
      { archiveLockDays: 3000 },
      "archiveLockDays must be at most archiveDays (2555), for what is locked cannot go, but is 3000.",
    ],
    [{ reprocessLimit: 1e6 }, "reprocessLimit must be a whole number from 1 to 500000, but is 1000000."],
    [
      { reprocessSchedule: "hourly" },
      "reprocessSchedule must be nothing, rate(1 hour), rate(30 minutes) or their like, ",
    ],
    [{ reprocessSchedule: "rate(1 hours)" }, "reprocessSchedule must be nothing, "],
    [{ reprocessSchedule: "cron(0 5 * * *)" }, "reprocessSchedule must be nothing, "],
    [{ sweepMinutes: 0 }, "sweepMinutes must be a whole number from 1 to 60, but is 0."],
    [{ sweepInboxAfterMinutes: 9999 }, "sweepInboxAfterMinutes must be a whole number from 1 to 720, but is 9999."],
    [{ services: "https://x" }, 'services must be an object of texts, but is "https://x".'],
    [
      { services: { reference: "https://x" } },
      "services must be named by capitals, digits and underscores (reference is not)",
    ],
    [{ services: { AWS_REGION: "https://x" } }, "services must be named otherwise than AWS_REGION, which is taken, "],
    [{ services: { WORK_BUCKET: "https://x" } }, "services must be named otherwise than WORK_BUCKET, which is taken, "],
    [{ services: { URL: "ftp://x" } }, "services must be http or https URLs (that of URL is none), "],
    [{ logDays: 31 }, "logDays must be one of 1, 3, 5, 7, 14, 30, 60, "],
  ])("%j", (settings, sentence) => {
    expect(() => configOf(settings)).toThrow(sentence);
  });
});
