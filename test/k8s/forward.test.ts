import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { expect, it, vi } from 'vitest';
import { CLI_BIN } from '../support/cli.js';

/** As kubectl does: it ends when the pod that it is connected to is gone, here with its first connection. */
const KUBECTL = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] !== 'version') {
  appendFileSync(__dirname + '/calls', args.join(' ') + '\\n');
  const [port] = args.at(-1).split(':');
  require('node:net').createServer((socket) => socket.end('coordinator', () => process.exit(1))).listen(Number(port), '127.0.0.1');
}
`;

const answer = (port: number) =>
  new Promise<string>((resolve, reject) => {
    let text = '';
    connect({ host: '127.0.0.1', port })
      .on('data', (data) => {
        text += String(data);
      })
      .once('end', () => resolve(text))
      .once('error', reject);
  });

it('k8s forward connects again when the pod is replaced, and ends what it started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-kubectl-'));
  const file = join(folder, 'kubectl');
  writeFileSync(file, KUBECTL);
  chmodSync(file, 0o755);
  const port = await getPort({ host: '127.0.0.1' });
  const forward = execa(process.execPath, [CLI_BIN, 'k8s', 'forward', `--port=${port}`, '--namespace=lab'], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    stdin: 'ignore',
    reject: false,
  });
  try {
    for (const _ of ['the first pod', 'the next one'])
      await vi.waitFor(async () => expect(await answer(port)).toBe('coordinator'), { timeout: 20_000 });
    const call = `--namespace=lab port-forward --address=127.0.0.1 service/coordinator ${port}:7433`;
    expect(readFileSync(join(folder, 'calls'), 'utf8').split('\n').slice(0, 2)).toEqual([call, call]);
    forward.kill('SIGTERM');
    const { exitCode, stderr } = await forward;
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/port-forward has ended .* is started again in 0\.5 s/),
    ]);
    await expect(answer(port)).rejects.toThrow('ECONNREFUSED');
  } finally {
    forward.kill('SIGKILL');
    await forward;
    rmSync(folder, { recursive: true });
  }
}, 60_000);
