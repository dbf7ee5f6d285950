import { Flags } from '@oclif/core';
import { type Log, OodError } from '@oodgrid/contract';
import {
  isS3Location,
  parseS3Location,
  S3Bucket,
  type S3Environment,
  s3Credentials,
  s3Settings,
} from '@oodgrid/transport';

/** Flag of the commands that open a coordinator's store. */
export const blobsFlag = Flags.string({
  description:
    "s3://BUCKET/PREFIX that holds the store's blobs (default: its folder); server and credentials as for the AWS tools: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_SHARED_CREDENTIALS_FILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  env: 'OODGRID_BLOBS',
});

export interface BucketOptions {
  readonly env: S3Environment;
  /** Milliseconds for which a server that is away is waited for. */
  readonly patienceMs: number;
  readonly log: Log;
}

/** The bucket of a flag; null without the flag. Throws for what cannot be one, and for settings that cannot be used. */
export function bucketOf(text: string | undefined, { env, patienceMs, log }: BucketOptions): S3Bucket | null {
  if (text === undefined || text === '') return null;
  if (!isS3Location(text))
    throw new OodError(
      'invalid-input',
      `--blobs ${text}: write s3://BUCKET/PREFIX, or leave it out for the folder of --store`,
    );
  return new S3Bucket({
    location: parseS3Location(text),
    settings: s3Settings(env),
    credentials: () => s3Credentials(env),
    ...{ patienceMs, log },
  });
}
