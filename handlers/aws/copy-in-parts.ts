import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectRef } from "#imports/flow.ts";

/**
 * Copies an object that CopyObject refuses (above 5 GB). `source` is an encoded CopySource, `bytes` its size. A copy that
 * fails leaves no parts behind.
 */
export async function copyInParts(
  s3: S3Client,
  source: string,
  to: ObjectRef,
  bytes: number,
  // A part may have 5 GiB; smaller ones copy side by side.
  partBytes = 512 * 1024 ** 2,
): Promise<void> {
  const target = { Bucket: to.bucket, Key: to.key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  try {
    const starts = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, part) => part * partBytes);
    const parts = await Promise.all(
      starts.map(async (start, index) => {
        const PartNumber = index + 1;
        const range = `bytes=${start}-${Math.min(start + partBytes, bytes) - 1}`;
        const answer = await s3.send(
          new UploadPartCopyCommand({ ...target, UploadId, PartNumber, CopySource: source, CopySourceRange: range }),
        );
        return { PartNumber, ETag: answer.CopyPartResult?.ETag };
      }),
    );
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
  } catch (error) {
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    throw error;
  }
}
