import { OodError } from '@oodgrid/contract';
import { isLoopback } from '../access/loopback.js';
import type { S3Environment } from './s3-credentials.js';

/** A server of S3 and the region that requests are signed for. */
export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
}

/**
 * Settings by the variables of the AWS tools: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_REGION or AWS_DEFAULT_REGION. Throws
 * `invalid-input` for an endpoint that is no http(s) address, and for one of another machine's without TLS, unless
 * OODGRID_S3_INSECURE_HTTP is `1`.
 */
export function s3Settings(env: S3Environment): S3Settings {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const given = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username !== '') {
    throw new OodError(
      'invalid-input',
      'AWS_ENDPOINT_URL_S3 is no address of a server of S3: write https://HOST or https://HOST:PORT, without a path, bucket or user',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(`${url.hostname}:80`) && env.OODGRID_S3_INSECURE_HTTP !== '1') {
    throw new OodError(
      'invalid-input',
      `AWS_ENDPOINT_URL_S3: ${url.origin} is another machine, and http:// does not encrypt: write https://, or set OODGRID_S3_INSECURE_HTTP=1 where something else encrypts the link`,
    );
  }
  return { endpoint: url.origin, region };
}
