import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import {
  type AuditEntry,
  type GrpcServer,
  isRpcPath,
  makeToken,
  mayCall,
  ROLES,
  RPC_RULES,
  serveGrpc,
} from '@oodgrid/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenStore } from '../../src/index.js';
import { callWith, METHODS, stubServices } from './stub-server.js';

const PROTO = fileURLToPath(new URL('../../../../proto/oodgrid/v1/', import.meta.url));
const DAY_MS = 24 * 60 * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-matrix-'));
const reached: string[] = [];
const audited: AuditEntry[] = [];
let now = new Date('2026-01-01T00:00:00Z');
const tokens = new TokenStore(
  join(folder, 'tokens.jsonl'),
  () => now,
  () => undefined,
);
let server: GrpcServer;
let address: string;

beforeAll(async () => {
  server = await serveGrpc(
    '127.0.0.1:0',
    stubServices((path) => reached.push(path)),
    {
      authenticator: tokens,
      audit: (entry) => audited.push(entry),
    },
  );
  address = `127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Every `rpc` of the wire contract, read from its text. */
function rpcsOfContract(): string[] {
  return readdirSync(PROTO).flatMap((file) => {
    let service = '';
    return readFileSync(join(PROTO, file), 'utf8')
      .split('\n')
      .flatMap((line) => {
        service = /^service (\w+)/.exec(line)?.[1] ?? service;
        const name = /^ {2}rpc (\w+)\(/.exec(line)?.[1];
        return name === undefined ? [] : [`/oodgrid.v1.${service}/${name}`];
      });
  });
}

const create = (role: (typeof ROLES)[number], days = 30) =>
  tokens.create({ role, name: `${role} of a test`, days, by: null });

describe('who may call what', () => {
  it('every call of the wire contract has its roles in the table, and is called by this test', () => {
    expect(rpcsOfContract().sort()).toEqual(Object.keys(RPC_RULES).sort());
    expect(METHODS.map(({ path }) => path).sort()).toEqual(Object.keys(RPC_RULES).sort());
  });

  it('the table is this one', () => {
    const rows = Object.entries(RPC_RULES).map(
      ([path, { roles }]) => `${path.split('.v1.')[1]}: ${roles.join(', ')}`,
    );
    expect(rows).toMatchInlineSnapshot(`
      [
        "ClientService/Submit: submitter",
        "ClientService/Watch: viewer, submitter",
        "ClientService/GetRun: viewer, submitter",
        "ClientService/ListRuns: viewer, submitter",
        "ClientService/Control: submitter",
        "ClientService/ListWorkers: viewer, submitter",
        "ClientService/Drain: ",
        "ClientService/Logs: viewer, submitter",
        "ClientService/Status: viewer, submitter",
        "ClientService/Collect: ",
        "BlobService/Missing: submitter, worker",
        "BlobService/Put: submitter, worker",
        "BlobService/Get: viewer, submitter, worker",
        "TokenService/CreateToken: ",
        "TokenService/ListTokens: ",
        "TokenService/RevokeToken: ",
        "WorkerService/Connect: worker",
      ]
    `);
  });
});

describe.each(METHODS.map((method) => [method.path, method] as const))('%s', (path, method) => {
  const call = async (token: string | undefined) => {
    reached.length = 0;
    audited.length = 0;
    return { code: await callWith(address, method, token), isReached: reached.includes(path) };
  };

  it.each(ROLES)('as %s', async (role) => {
    const { text, token } = create(role);
    const isAllowed = isRpcPath(path) && mayCall(role, path);
    const code = isAllowed ? status.OK : status.PERMISSION_DENIED;
    expect(await call(text)).toEqual({ code, isReached: isAllowed });
    if (isAllowed) return;
    expect(audited).toMatchObject([{ caller: { tokenId: token.id, role }, outcome: 'permission-denied' }]);
  });

  it.each(forged())('%s', async (_what, token) => {
    const text = token();
    expect(await call(text)).toEqual({ code: status.UNAUTHENTICATED, isReached: false });
    expect(audited).toMatchObject([{ caller: null, outcome: 'unauthenticated', subject: {} }]);
    if (text !== undefined) expect(JSON.stringify(audited)).not.toContain(text.slice(-40));
  });
});

/** Puts a fitting checksum behind what was changed: it is no secret. */
function forge(text: string, change: (body: string) => string): string {
  const body = change(text.slice(0, -6));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return `${body}${sum.toString('base64url')}`;
}

/** Tokens that open nothing. */
function forged(): (readonly [string, () => string | undefined])[] {
  return [
    ['without a token', () => undefined],
    ['with what is no token', () => 'letmein'],
    ['with a token of another coordinator', () => makeToken('admin').text],
    [
      'with the id of one token and the secret of another',
      () => forge(create('admin').text, (body) => body.slice(0, 15) + makeToken('admin').text.slice(15, -6)),
    ],
    [
      'with a token that calls itself of another role',
      () => forge(create('viewer').text, (body) => body.replace('oog_v', 'oog_a')),
    ],
    ['with a token that was copied badly', () => create('admin').text.slice(0, -1)],
    [
      'with a token that has expired',
      () => {
        const { text } = create('admin', 1);
        now = new Date(now.getTime() + DAY_MS);
        return text;
      },
    ],
    [
      'with a token that was revoked',
      () => {
        const { text, token } = create('admin');
        tokens.revoke(token.id, null);
        return text;
      },
    ],
  ];
}
