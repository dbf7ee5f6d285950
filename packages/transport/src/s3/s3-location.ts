import { OodError } from '@oodgrid/contract';

/** A bucket and the start of every key in it that is ours: empty, or ending in `/`. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
}

const LOCATION = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w.-]+)*)\/?$/;

export const isS3Location = (text: string): boolean => text.startsWith('s3://');

/** Throws `invalid-input` for what is no `s3://BUCKET/PREFIX`. */
export function parseS3Location(text: string): S3Location {
  const [, bucket, path] = LOCATION.exec(text) ?? [];
  if (bucket === undefined || path === undefined || /\/\.\.?(\/|$)/.test(path)) {
    throw new OodError(
      'invalid-input',
      `${JSON.stringify(text.slice(0, 200))} is no place for blobs: write s3://BUCKET/PREFIX, a bucket's name of 3 to 63 small letters, digits, dots and dashes, and a prefix of letters, digits, "_", ".", "-" and "/"`,
    );
  }
  return { bucket, prefix: path === '' ? '' : `${path.slice(1)}/` };
}

/** The same bucket below a folder of its keys. */
export const within = ({ bucket, prefix }: S3Location, folder: string): S3Location => ({
  bucket,
  prefix: `${prefix}${folder}/`,
});

export const s3Text = ({ bucket, prefix }: S3Location): string =>
  `s3://${bucket}/${prefix}`.replace(/\/$/, '');
