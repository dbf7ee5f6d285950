import { OodError } from '@oodgrid/contract';
import { readSecretFile } from '../access/secret-file.js';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that expire. */
  readonly sessionToken?: string;
  /** Where they were found, for messages. */
  readonly source: string;
}

/** Variables that hold credentials, or say where they are. */
export type S3Environment = Readonly<Record<string, string | undefined>>;

/**
 * Credentials of a file as the AWS tools have it (AWS_SHARED_CREDENTIALS_FILE, and AWS_PROFILE for another section than `default`),
 * or else those of the environment. Throws `not-found` without any, `invalid-input` for a file that others can read.
 */
export function s3Credentials(env: S3Environment): S3Credentials {
  const file = env.AWS_SHARED_CREDENTIALS_FILE;
  if (file !== undefined && file !== '') {
    const section = env.AWS_PROFILE || 'default';
    const found = readSection(readSecretFile(file, 'the file of S3 credentials'), section);
    return named(
      [found.get('aws_access_key_id'), found.get('aws_secret_access_key'), found.get('aws_session_token')],
      `section [${section}] of ${file}`,
      `write aws_access_key_id and aws_secret_access_key below [${section}] there`,
    );
  }
  return named(
    [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN],
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    'set both, or name a file of them, which only its owner may read, in AWS_SHARED_CREDENTIALS_FILE',
  );
}

function named(
  [accessKeyId = '', secretAccessKey = '', sessionToken = '']: readonly (string | undefined)[],
  source: string,
  wayOut: string,
): S3Credentials {
  if (accessKeyId === '' || secretAccessKey === '')
    throw new OodError('not-found', `no credentials for S3 in ${source}: ${wayOut}`);
  return { accessKeyId, secretAccessKey, source, ...(sessionToken === '' ? {} : { sessionToken }) };
}

function readSection(text: string, section: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let current = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    const header = /^\[([^\]]+)\]$/.exec(line)?.[1]?.trim();
    if (header !== undefined) current = header;
    const [, name, value] = /^([a-z_]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (current === section && name !== undefined && value !== undefined) found.set(name, value);
  }
  return found;
}
