import type {
  BlobServiceService,
  ClientServiceService,
  TokenServiceService,
  WorkerServiceService,
} from '@oodgrid/contract/wire';
import { ControlAction } from '@oodgrid/contract/wire';
import type { Role } from './role.js';

type Methods<S> = S[keyof S];
type Method =
  | Methods<ClientServiceService>
  | Methods<BlobServiceService>
  | Methods<TokenServiceService>
  | Methods<WorkerServiceService>;

/** Every call that a coordinator answers. */
export type RpcPath = Method['path'];
type RequestOf<P extends RpcPath> = ReturnType<Extract<Method, { path: P }>['requestDeserialize']>;

/** Fields of a request in the audit log; texts of callers are shortened on writing. */
export type AuditSubject = Readonly<Record<string, string | number | boolean>>;

export interface RpcRule<Q> {
  /** Roles that may make the call. Admins may make every call. */
  readonly roles: readonly Exclude<Role, 'admin'>[];
  /** Calls of this kind that may be open at once, all callers together. */
  readonly maxOpen: number;
  /** Returns the fields to write to the audit log for a permitted call; null: none. Refused calls are always written. */
  readonly audit: ((request: Q) => AuditSubject) | null;
}

const READ = { roles: ['viewer', 'submitter'], maxOpen: 256, audit: null } as const;

/** Access rules of every call, in one table. A call that is missing here does not compile, and would be refused. */
export const RPC_RULES: { readonly [P in RpcPath]: RpcRule<RequestOf<P>> } = {
  '/oodgrid.v1.ClientService/Submit': {
    roles: ['submitter'],
    maxOpen: 16,
    audit: ({ run, name, idempotencyKey, priority }) => ({ run, name, key: idempotencyKey, priority }),
  },
  '/oodgrid.v1.ClientService/Watch': { ...READ, maxOpen: 1000 },
  '/oodgrid.v1.ClientService/GetRun': READ,
  '/oodgrid.v1.ClientService/ListRuns': { ...READ, maxOpen: 64 },
  '/oodgrid.v1.ClientService/Control': {
    roles: ['submitter'],
    maxOpen: 256,
    audit: ({ run, action, numericsClass }) => ({ run, action: actionName(action), numericsClass }),
  },
  '/oodgrid.v1.ClientService/ListWorkers': READ,
  '/oodgrid.v1.ClientService/Drain': {
    roles: [],
    maxOpen: 64,
    audit: ({ workerId }) => ({ worker: workerId }),
  },
  '/oodgrid.v1.ClientService/Logs': { ...READ, maxOpen: 64 },
  '/oodgrid.v1.ClientService/Status': READ,
  '/oodgrid.v1.ClientService/Collect': {
    roles: [],
    maxOpen: 1,
    audit: ({ olderThanDays, isPreview, withUnfetched }) => ({ olderThanDays, isPreview, withUnfetched }),
  },
  '/oodgrid.v1.BlobService/Missing': { roles: ['submitter', 'worker'], maxOpen: 256, audit: null },
  '/oodgrid.v1.BlobService/Put': { roles: ['submitter', 'worker'], maxOpen: 256, audit: null },
  '/oodgrid.v1.BlobService/Get': { roles: ['viewer', 'submitter', 'worker'], maxOpen: 1000, audit: null },
  '/oodgrid.v1.TokenService/CreateToken': {
    roles: [],
    maxOpen: 16,
    audit: ({ role, name, days }) => ({ role, name, days }),
  },
  '/oodgrid.v1.TokenService/ListTokens': { roles: [], maxOpen: 16, audit: null },
  '/oodgrid.v1.TokenService/RevokeToken': { roles: [], maxOpen: 16, audit: ({ id }) => ({ token: id }) },
  '/oodgrid.v1.WorkerService/Connect': {
    roles: ['worker'],
    maxOpen: 10_000,
    audit: ({ register }) => ({ worker: register?.workerId ?? '', host: register?.host ?? '' }),
  },
};

export const isRpcPath = (path: string): path is RpcPath => Object.hasOwn(RPC_RULES, path);

/** Whether a role is enough for a call. */
export function mayCall(role: Role, path: RpcPath): boolean {
  const roles: readonly Role[] = RPC_RULES[path].roles;
  return role === 'admin' || roles.includes(role);
}

/** Roles that may make a call, for people. */
export const rolesFor = (path: RpcPath): string => [...RPC_RULES[path].roles, 'admin'].join(', ');

const actionName = (action: ControlAction): string =>
  (ControlAction[action] ?? String(action)).replace('CONTROL_ACTION_', '').toLowerCase();
