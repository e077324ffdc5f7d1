import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { originalOf as originalIn } from "#failures/original.ts";
import type { ObjectRef, TableRef } from "#imports/flow.ts";

/** A dead letter with its cells; those too large for the table are read from the archived copy. */
export async function originalOf(s3: S3Client, letter: DeadLetter): Promise<DeadLetter> {
  if (letter.cells ?? letter.rows ?? letter.raw !== undefined) return letter;
  const { table, at } = letter;
  const [bytes, columns] = await Promise.all([read(s3, table, at[0], at[0] + at[1]), headerOf(s3, table)]);
  return { ...letter, ...originalIn(bytes, at[0], letter, columns, table) };
}

async function headerOf(s3: S3Client, table: TableRef): Promise<readonly string[]> {
  if (table.names) return table.names;
  const header = await read(s3, table, table.header[0], table.header[1]);
  const columns = parseRecord(header.toString("utf8"), table);
  if (isMalformed(columns)) throw new Error(`The header of s3://${table.bucket}/${table.key} cannot be read.`);
  return columns;
}

/** Bytes [start, end) of an object. */
async function read(s3: S3Client, { bucket, key }: ObjectRef, start: number, end: number): Promise<Buffer> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end - 1}` }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}
