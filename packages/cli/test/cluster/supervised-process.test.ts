import { existsSync } from 'node:fs';
import { EXIT_CODES } from '@oodgrid/contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startGuarded } from '../../src/cluster/guarded-process.js';
import { SupervisedProcess } from '../../src/cluster/supervised-process.js';

const members: SupervisedProcess[] = [];
afterEach(async () => {
  for (const member of members.splice(0)) await member.stop();
});

/** A member that is a line of shell, with what it wrote and what was said of it. */
function member(script: string) {
  const lines: string[] = [];
  let text = '';
  const supervised = new SupervisedProcess({
    name: 'it',
    start: () => startGuarded('sh', ['-c', script]),
    onText: (part) => {
      text += part;
    },
    say: (line) => lines.push(line),
  });
  members.push(supervised);
  return { supervised, lines, pids: () => [...text.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid)) };
}

describe('a supervised process', () => {
  it('is started again when it is killed, and gone when it was stopped', async () => {
    const { supervised, lines, pids } = member('echo pid $$ >&2; exec sleep 60');
    await supervised.said(/pid/);
    const ended = supervised.supervise();
    process.kill(pids()[0] ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(pids()).toHaveLength(2), { timeout: 10_000 });
    expect(lines).toEqual(['it has ended (exit code 137); it is started again in 0.5 s']);
    await supervised.stop();
    await ended;
    expect(pids().filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });

  it('that ends before it is ready is told with its last words', async () => {
    const { supervised } = member('echo no such address >&2; exit 1');
    await expect(supervised.said(/ready/)).rejects.toThrow('it has ended:\nno such address');
  });

  it('is not started again when that is no use', async () => {
    const { supervised, lines } = member(`echo no engine >&2; exit ${EXIT_CODES['engine-missing']}`);
    await expect(supervised.supervise()).rejects.toThrow('it has ended:\nno engine');
    expect(lines).toEqual([]);
  });
});
