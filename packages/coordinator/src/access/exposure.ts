import { OodError } from '@oodgrid/contract';
import { isLoopback } from '@oodgrid/transport';

export interface Exposure {
  /** Address that the coordinator listens on. */
  readonly listen: string;
  readonly hasTls: boolean;
  readonly hasTokens: boolean;
  /** Protections that the operator has switched off explicitly. */
  readonly insecure: Insecure;
}

export interface Insecure {
  /** Other machines may reach it over links that are not encrypted. */
  readonly noTls: boolean;
  /** Whoever reaches it from other machines may do everything. */
  readonly noTokens: boolean;
}

export const SECURE: Insecure = { noTls: false, noTokens: false };

/** Throws `invalid-input` for a coordinator that other machines reach without encryption or without tokens. */
export function checkExposure({ listen, hasTls, hasTokens, insecure }: Exposure): void {
  if (isLoopback(listen)) return;
  const missing: string[] = [];
  if (!hasTls && !insecure.noTls) {
    missing.push(
      'links would not be encrypted: give --tls-cert and --tls-key, or say --insecure-no-tls where something else encrypts them',
    );
  }
  if (!hasTokens && !insecure.noTokens) {
    missing.push(
      'whoever reaches it could do everything: make a first token with "ood-cli token create --role admin --store STORE", or say --insecure-no-tokens',
    );
  }
  if (missing.length > 0)
    throw new OodError(
      'invalid-input',
      `${listen} can be reached from other machines, and ${missing.join('; and ')}`,
    );
}
