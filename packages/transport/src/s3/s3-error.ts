import { OodError } from '@oodgrid/contract';
import { element } from './s3-xml.js';

/** A request that a server of S3 refused, or that did not reach it. */
export class S3Error extends OodError {
  /** Nothing is known to be wrong with the settings: the same request may do later. */
  readonly isTransient: boolean;
  /** HTTP status; 0 without an answer. */
  readonly status: number;

  constructor(
    code: OodError['code'],
    message: string,
    { isTransient, status, cause }: { isTransient: boolean; status: number; cause?: unknown },
  ) {
    super(code, message, { cause });
    this.name = 'S3Error';
    this.isTransient = isTransient;
    this.status = status;
  }
}

/** What a message may say of a request; nothing secret. */
export interface S3Request {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** The place, as users write it. */
  readonly where: string;
  /** Origin of the credentials. */
  readonly source: string;
}

/** The last one is versitygw's. */
const CREDENTIALS_REFUSED = [
  'SignatureDoesNotMatch',
  'InvalidAccessKeyId',
  'InvalidToken',
  'ExpiredToken',
  'XAdminUserNotFound',
];
const FULL = ['QuotaExceeded', 'XAmzStorageFull', 'InsufficientStorage'];

/** Describes a refusal: the setting that is at fault and what to do. Reads the body. */
export async function refusal(response: Response, request: S3Request): Promise<S3Error> {
  const { status } = response;
  const text = (await response.text().catch(() => '')).slice(0, 10_000);
  const code = element(text, 'Code') ?? `HTTP status ${status}`;
  const { endpoint, region, bucket, where, source } = request;
  const error = (reason: string, kind: OodError['code'] = 'unavailable', isTransient = false) =>
    new S3Error(kind, `${where}: ${reason}`, { status, isTransient });
  if (CREDENTIALS_REFUSED.includes(code))
    return error(`${endpoint} does not accept the credentials (${code}): check ${source}`);
  if (code === 'RequestTimeTooSkewed') {
    const theirs = response.headers.get('date') ?? 'another time';
    return error(
      `the clock of this machine is wrong (${code}): it says ${new Date().toUTCString()}, ${endpoint} says ${theirs}: set it, for example by NTP`,
    );
  }
  if (code === 'NoSuchBucket')
    return error(`${endpoint} has no bucket ${bucket}: make it there, or name another one`);
  if (
    code === 'AuthorizationHeaderMalformed' ||
    code === 'IllegalLocationConstraintException' ||
    status === 301
  ) {
    const theirs = element(text, 'Region') ?? response.headers.get('x-amz-bucket-region') ?? 'another region';
    return error(`the bucket is in ${theirs}, not in ${region} (${code}): set AWS_REGION`);
  }
  if (FULL.includes(code) || status === 507)
    return error(
      `${endpoint} has no room left (${code}): free some, or raise the quota`,
      'resource-exhausted',
    );
  if (status === 403)
    return error(
      `the credentials of ${source} may not do this (${code}): they need to list the bucket, and to get, put and delete objects`,
    );
  if (code === 'NoSuchKey' || (status === 404 && text === ''))
    return error(`there is nothing of that name (${code})`, 'not-found');
  const isTransient =
    status >= 500 || status === 429 || status === 409 || code === 'RequestTimeout' || code === 'SlowDown';
  const said = element(text, 'Message');
  return error(
    `${endpoint} answers ${code}${said === undefined ? '' : `: ${said.slice(0, 300)}`}`,
    'unavailable',
    isTransient,
  );
}

/** Describes a request without an answer. */
export function unreachable(thrown: unknown, { endpoint, where }: S3Request): S3Error {
  if (thrown instanceof S3Error) return thrown;
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const { message } = OodError.from(cause);
  // A name that resolves to several addresses fails with a list of errors, whose own message is empty.
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new S3Error(
    'unavailable',
    `${where}: ${endpoint} cannot be reached: ${message || code}: check AWS_ENDPOINT_URL_S3, and that the server runs`,
    { status: 0, isTransient: true, cause: thrown },
  );
}
