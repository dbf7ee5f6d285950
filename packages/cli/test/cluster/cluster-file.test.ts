import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, describe, expect, it } from 'vitest';
import { reachableAddresses, readClusterFile, writeClusterFile } from '../../src/cluster/cluster-file.js';
import { CoordinatorPlace } from '../../src/cluster/coordinator-place.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-cluster-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = new Date(0);
const quiet = () => undefined;
const address = (value: string, family: 'IPv4' | 'IPv6', internal = false) => ({
  address: value,
  family,
  internal,
  netmask: '',
  mac: '',
  cidr: null,
  ...(family === 'IPv6' ? { scopeid: 0 } : {}),
});
const INTERFACES = {
  lo: [address('127.0.0.1', 'IPv4', true), address('::1', 'IPv6', true)],
  eth0: [address('10.0.0.7', 'IPv4'), address('fe80::1', 'IPv6'), address('fd00::7', 'IPv6')],
  ib0: [address('192.168.5.7', 'IPv4'), address('169.254.1.1', 'IPv4')],
} as ReturnType<typeof import('node:os').networkInterfaces>;

describe('a cluster file', () => {
  it('is its owner’s alone, in a folder of the owner’s, and nothing is left beside it', async () => {
    const file = join(folder, 'mine', 'cluster.json');
    await writeClusterFile(file, ['a:1'], at);
    await writeClusterFile(file, ['b:2'], at);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'mine')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'mine'))).toEqual(['cluster.json']);
    expect((await readClusterFile(file)).addresses).toEqual(['b:2']);
  });

  it('names every network of a machine that listens on all, its own name first and the loopback last', () => {
    expect(reachableAddresses('0.0.0.0:7433', 7433, INTERFACES)).toEqual(
      [hostname(), '10.0.0.7', '192.168.5.7', '127.0.0.1'].map((host) => `${host}:7433`),
    );
    expect(reachableAddresses('[::]:0', 9, INTERFACES)).toContain('[fd00::7]:9');
    expect(reachableAddresses('10.0.0.7:0', 9, INTERFACES)).toEqual(['10.0.0.7:9']);
  });

  it.each([
    ['', 'no cluster file'],
    ['{"schema": "oodgrid.cluster/v2", "addresses": ["a:1"], "writtenAt": ""}', 'no cluster file'],
    ['{"schema": "oodgrid.cluster/v1", "addresses": [], "writtenAt": ""}', 'no cluster file'],
    ['{"schema": "oodgrid.cluster/v1", "addresses": ["a:1"], "writtenAt": "", "x": 1}', 'no cluster file'],
  ])('%s is refused', async (text, message) => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, text);
    await expect(readClusterFile(file)).rejects.toThrow(message);
  });

  it('that is not there says who writes it', async () => {
    const reading = readClusterFile(join(folder, 'none.json'));
    await expect(reading).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/serve --cluster-file/),
    });
  });
});

describe('the coordinator of a cluster file', () => {
  it('is looked for at every address, and followed when it moves', async () => {
    const file = join(folder, 'moving.json');
    const [first, second, nobody] = [await listen(), await listen(), await getPort({ host: '127.0.0.1' })];
    await writeClusterFile(file, [`127.0.0.1:${nobody}`, `127.0.0.1:${first.port}`], at);
    const place = await CoordinatorPlace.open(`@${file}`, quiet);
    expect(place.address).toBe(`127.0.0.1:${first.port}`);
    await writeClusterFile(file, [`127.0.0.1:${second.port}`], at);
    expect(await place.find()).toBe(`127.0.0.1:${second.port}`);
    // Without the file it stays where it was.
    rmSync(file);
    expect(await place.find()).toBe(`127.0.0.1:${second.port}`);
    for (const one of [first, second]) one.close();
  });

  it('is waited for while the file is not there yet', async () => {
    const file = join(folder, 'late.json');
    const lines: string[] = [];
    const opening = CoordinatorPlace.open(`@${file}`, (line) => lines.push(line), 20_000);
    await expect.poll(() => lines.length).toBe(1);
    await writeClusterFile(file, ['127.0.0.1:1'], at);
    expect((await opening).address).toBe('127.0.0.1:1');
  });

  it('of an address is that address', async () => {
    const place = await CoordinatorPlace.open('unix:/run/ood.sock', quiet);
    expect(await place.find()).toBe('unix:/run/ood.sock');
  });
});

async function listen(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((socket) => socket.destroy());
  const port = await getPort({ host: '127.0.0.1' });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, close: () => server.close() };
}
