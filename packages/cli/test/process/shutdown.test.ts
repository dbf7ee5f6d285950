import { expect, it, vi } from 'vitest';
import { type ShutdownSource, shutdownSignal, unlessStopped } from '../../src/process/shutdown.js';

function fakeProcess() {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  const source: ShutdownSource = {
    on: (name, listener) => listeners.set(name, listener),
    exit: (code) => exits.push(code),
  };
  return { source, exits, send: (name: string) => listeners.get(name)?.() };
}

it('aborts on the first signal and exits on a second SIGINT', () => {
  const { source, exits, send } = fakeProcess();
  const signal = shutdownSignal(source);
  expect(signal.aborted).toBe(false);
  send('SIGTERM');
  expect(signal.aborted).toBe(true);
  expect(exits).toEqual([]);
  send('SIGINT');
  expect(exits).toEqual([130]);
});

it('takes SIGTERM and SIGHUP once, however often they come: schedulers repeat them', () => {
  const { source, exits, send } = fakeProcess();
  const signal = shutdownSignal(source);
  for (const name of ['SIGTERM', 'SIGTERM', 'SIGHUP', 'SIGTERM']) send(name);
  expect(signal.reason).toMatchObject({ exitCode: 143 });
  expect(exits).toEqual([]);
});

it('ends what does not stop within its time, with the code of the signal that asked', () => {
  vi.useFakeTimers();
  const { source, exits, send } = fakeProcess();
  shutdownSignal(source, 2000);
  send('SIGTERM');
  vi.advanceTimersByTime(1999);
  expect(exits).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(exits).toEqual([143]);
  vi.useRealTimers();
});

it('work that never ends is left when the signal comes', async () => {
  const { source, send } = fakeProcess();
  const signal = shutdownSignal(source);
  const waiting = unlessStopped(signal, new Promise(() => undefined));
  send('SIGHUP');
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled', exitCode: 129 });
});
