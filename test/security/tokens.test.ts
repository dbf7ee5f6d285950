import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { ClusterClient, OUTPUT_SCHEMAS } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { Process } from '../support/processes.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const folder = join(cache.folder, 'cluster');
const store = join(folder, 'store');
const env = { OODGRID_CACHE: cache.cacheDir };
let cluster: TestCluster;
const WAIT = { timeout: 30_000, interval: 100 };
/** Everything that a command or a server of this file wrote. */
let written = '';
const secrets: string[] = [];

async function command(...args: string[]) {
  const outcome = await oodCli(args, env);
  written += outcome.stderr + (args.includes('create') ? '' : outcome.stdout);
  return outcome;
}
const tokenFile = (name: string) => join(folder, `${name}.token`);
const as = (name: string) => ['--coordinator', cluster.coordinatorAddress, '--token-file', tokenFile(name)];
const audit = () =>
  readFileSync(join(store, 'audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  mkdirSync(store, { recursive: true });
  cluster = await TestCluster.start({ folder, cacheDir: cache.cacheDir, workers: 0, leaseSeconds: 5 });
  const open = new ClusterClient(cluster.coordinatorAddress);
  await vi.waitFor(() => open.runs(), { timeout: 30_000, interval: 100 });
  open.close();
}, 60_000);
afterAll(() => cluster?.close());

describe('tokens', () => {
  it("are made on the coordinator's machine, from then on every call needs one, and an admin makes the others", async () => {
    expect((await command('runs', '--coordinator', cluster.coordinatorAddress)).code).toBe(0);
    const first = await command(
      'token',
      'create',
      '--role',
      'admin',
      '--store',
      store,
      '--output',
      tokenFile('admin'),
    );
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(tokenFile('admin')).mode & 0o777).toBe(0o600);
    await vi.waitFor(async () => {
      const { code, stderr } = await command('runs', '--coordinator', cluster.coordinatorAddress);
      expect(code).toBe(EXIT_CODES.unauthenticated);
      expect(stderr).toContain('needs a token: give --token-file FILE');
    }, WAIT);
    for (const role of ['viewer', 'submitter', 'worker']) {
      const made = await command(
        'token',
        'create',
        '--role',
        role,
        '--name',
        `the ${role}`,
        '--output',
        tokenFile(role),
        ...as('admin'),
      );
      expect(made.code, made.stderr).toBe(0);
    }
    const printed = await command('token', 'create', '--role', 'viewer', '--json', ...as('admin'));
    const { token, summary } = OUTPUT_SCHEMAS['token create'].parse(JSON.parse(printed.stdout));
    expect(token).toMatch(/^oog_v_[0-9a-z]{8}_/);
    expect(summary).toMatchObject({ role: 'viewer', status: 'good' });
    secrets.push(
      token ?? '',
      ...['admin', 'viewer', 'submitter', 'worker'].map((name) =>
        readFileSync(tokenFile(name), 'utf8').trim(),
      ),
    );
  });

  it('a file that is there already is not written over, and no token is made for it', async () => {
    const before = (await command('token', 'list', '--store', store)).stdout;
    const again = await command(
      'token',
      'create',
      '--role',
      'viewer',
      '--store',
      store,
      '--output',
      tokenFile('viewer'),
    );
    expect(again.code).toBe(EXIT_CODES.conflict);
    expect((await command('token', 'list', '--store', store)).stdout).toBe(before);
  });

  it('a viewer looks and does nothing else', async () => {
    expect((await command('runs', ...as('viewer'))).code).toBe(0);
    expect((await command('workers', ...as('viewer'))).code).toBe(0);
    for (const args of [['cancel', 'some-run'], ['drain', 'w0'], ['gc'], ['token', 'list']]) {
      const { code, stderr } = await command(...args, ...as('viewer'));
      expect(code, args.join(' ')).toBe(EXIT_CODES['permission-denied']);
      expect(stderr).toContain('has the role viewer, which may not call');
    }
  });

  it('a worker with a token of another role ends and says why', async () => {
    const worker = new Process(
      ['worker', '--nats', cluster.natsAddress, '--engine', 'none', ...as('viewer')],
      cache.cacheDir,
    );
    expect(await worker.closed).toBe(EXIT_CODES['permission-denied']);
    expect(worker.stderr).toContain('may not call WorkerService/Connect: that takes worker, admin');
  });

  it('are listed without their secrets, and one that is revoked opens nothing any more', async () => {
    const { stdout } = await command('token', 'list', '--json', ...as('admin'));
    const { tokens } = OUTPUT_SCHEMAS['token list'].parse(JSON.parse(stdout));
    expect(tokens.map(({ role, status }) => `${role} ${status}`)).toEqual(
      ['admin', 'viewer', 'submitter', 'worker', 'viewer'].map((role) => `${role} good`),
    );
    const id = tokens.find(({ name }) => name === 'the viewer')?.id ?? '';
    expect((await command('token', 'revoke', id, ...as('admin'))).code).toBe(0);
    const { code, stderr } = await command('runs', ...as('viewer'));
    expect(code).toBe(EXIT_CODES.unauthenticated);
    expect(stderr).toContain(`token ${id} was revoked on`);
  });

  it('the audit log says who did what, and what was refused', () => {
    expect(statSync(join(store, 'audit.jsonl')).mode & 0o777).toBe(0o600);
    const entries = audit();
    const made = entries.find(
      ({ call, subject }) => call === 'TokenService/CreateToken' && subject.name === 'the viewer',
    );
    expect(made).toMatchObject({ role: 'admin', outcome: 'ok', subject: { role: 'viewer', days: 30 } });
    expect(entries).toContainEqual(
      expect.objectContaining({
        call: 'ClientService/Control',
        role: 'viewer',
        outcome: 'permission-denied',
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ call: 'ClientService/ListRuns', token: null, outcome: 'unauthenticated' }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ call: 'TokenService/RevokeToken', outcome: 'ok' }),
    );
  });

  it('are in no log, no audit log, no list and no file of the store', () => {
    const everything = `${written}${cluster.coordinator.text}${readFileSync(join(store, 'audit.jsonl'), 'utf8')}${readFileSync(join(store, 'tokens.jsonl'), 'utf8')}`;
    expect(secrets).toHaveLength(5);
    for (const secret of secrets) {
      expect(secret.length).toBe(64);
      // Neither the whole nor the part behind the id.
      for (const part of [secret, secret.slice(15), secret.slice(15, 40)])
        expect(everything).not.toContain(part);
    }
  });
});

describe('a coordinator that other machines can reach', () => {
  const serve = (...args: string[]) =>
    command(
      'serve',
      '--listen',
      '0.0.0.0:0',
      '--nats',
      cluster.natsAddress,
      '--store',
      join(folder, 'exposed'),
      ...args,
    );

  it('does not start without TLS and tokens unless each is said in as many words', async () => {
    const bare = await serve();
    expect(bare.code).toBe(EXIT_CODES['invalid-input']);
    expect(bare.stderr).toContain('--insecure-no-tls');
    expect(bare.stderr).toContain('--insecure-no-tokens');
    const half = await serve('--insecure-no-tls');
    expect(half.code).toBe(EXIT_CODES['invalid-input']);
    expect(half.stderr).not.toContain('links would not be encrypted');
    expect(half.stderr).toContain('token create --role admin');
    const other = await serve('--insecure-no-tokens');
    expect(other.code).toBe(EXIT_CODES['invalid-input']);
    expect(other.stderr).toContain('links would not be encrypted');
  });

  it('does not take an authority alone for encryption', async () => {
    const { code, stderr } = await serve('--insecure-no-tokens', '--tls-ca', join(store, 'ca.pem'));
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toContain('--tls-ca alone does not encrypt anything');
  });
});
