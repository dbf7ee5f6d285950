/**
 * Rights of a caller: look (`viewer`), look and start or stop runs (`submitter`), compute (`worker`), everything
 * (`admin`). Which calls each may make is in `RPC_RULES`.
 */
export const ROLES = ['viewer', 'submitter', 'worker', 'admin'] as const;
export type Role = (typeof ROLES)[number];
