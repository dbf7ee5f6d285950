import { type LogFields, OodError } from '@oodgrid/contract';
import type { Registration, WorkerHandler } from '@oodgrid/transport';
import { expect, it } from 'vitest';
import { OperatorLog } from '../src/cluster/operator-log.js';

const REGISTRATION: Registration = {
  protocol: 1,
  proof: 'p',
  held: [],
  nextSequence: 1,
  worker: {
    workerId: 'w1',
    incarnation: 'i',
    numericsClass: 'c',
    engine: { kind: 'tensorflow', version: '2', device: 'cpu' },
    pid: 1,
    host: 'h',
    slots: 2,
    memoryBytes: 1,
  },
};
const peer = { send: () => undefined, close: () => undefined };

function started(handler: Partial<WorkerHandler> = {}) {
  const lines: string[] = [];
  const clock = { ms: 0 };
  const log = new OperatorLog(
    (line) => lines.push(line),
    () => clock.ms,
  );
  const nothing = () => undefined;
  const watched = log.watch({ register: nothing, receive: nothing, disconnected: nothing, ...handler });
  return { lines, clock, log, watched };
}

it('a worker that joins, leaves or is refused is a line', () => {
  const { lines, watched } = started();
  watched.register(peer, REGISTRATION);
  watched.disconnected(peer);
  // A connection that never registered is nobody's.
  watched.disconnected(peer);
  expect(lines).toEqual(['worker w1 on h joined: tensorflow 2 on cpu, 2 places, class c', 'worker w1 left']);

  const refusing = started({
    register: () => {
      throw new OodError('conflict', 'there is one already');
    },
  });
  expect(() => refusing.watched.register(peer, REGISTRATION)).toThrow('there is one already');
  expect(refusing.lines).toEqual(['worker w1 on h is refused: there is one already']);
});

it('runs are told from submission to end, and the trouble of a worker once, however many runs tell it', () => {
  const { lines, log } = started();
  log.submitted('a', 'grid', true);
  const aside = {
    kind: 'worker-set-aside',
    workerId: 'w1',
    code: 'resource-exhausted',
    reason: 'its disk is full',
    seconds: 5,
  } as const;
  log.workerEvent(aside);
  for (const run of ['a', 'b']) log.event(run, aside);
  log.workerEvent({ kind: 'worker-taken-back', workerId: 'w1' });
  log.event('a', { kind: 'ended', status: 'failed', problem: { code: 'unavailable', message: 'no way' } });
  expect(lines).toEqual([
    'run a (grid) is submitted',
    'worker w1 is set aside: its disk is full',
    'worker w1 is given tasks again',
    'run a is failed: no way',
  ]);
});

it('is bounded, and says how much it left out', () => {
  const { lines, clock, log } = started();
  for (let i = 0; i < 1000; i++) log.submitted(`run-${i}`, 'grid', true);
  expect(lines).toHaveLength(50);
  clock.ms = 10_000;
  log.submitted('last', 'grid', true);
  expect(lines.slice(50)).toEqual(['(and 950 more lines)', 'run last (grid) is submitted']);
});

it('a line says how serious it is, and which run, task and worker it is about', () => {
  const said: (LogFields | undefined)[] = [];
  const log = new OperatorLog(
    (_line, about) => said.push(about),
    () => 0,
  );
  log.submitted('a', 'grid', true);
  log.event('a', { kind: 'task-lost', taskId: 't', workerId: 'w1' });
  const failure = { code: 'internal', message: 'why', isRetryable: true, logTail: '' } as const;
  log.event('a', { kind: 'task-failed', taskId: 't', workerId: 'w1', failure, willRetry: true });
  log.event('a', { kind: 'task-handed-back', taskId: 't', workerId: 'w1', message: 'its disk is full' });
  log.event('a', { kind: 'waits', reason: 'no worker' });
  log.event('a', { kind: 'waits', reason: '' });
  log.event('a', { kind: 'ended', status: 'failed', problem: { code: 'internal', message: 'why' } });
  const ofTask = { level: 'warn', run: 'a', task: 't', worker: 'w1' };
  expect(said).toEqual([
    { run: 'a' },
    ofTask,
    ofTask,
    ofTask,
    { level: 'warn', run: 'a' },
    { run: 'a' },
    { level: 'error', run: 'a' },
  ]);
});
