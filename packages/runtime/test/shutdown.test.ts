import { expect, it } from 'vitest';
import { type ShutdownSource, shutdownSignal } from '../src/index.js';

function fakeProcess() {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  const source: ShutdownSource = {
    on: (name, listener) => listeners.set(name, listener),
    exit: (code) => exits.push(code),
  };
  return { source, exits, send: (name: string) => listeners.get(name)?.() };
}

it('aborts on the first signal and exits on the second', () => {
  const { source, exits, send } = fakeProcess();
  const signal = shutdownSignal(source);
  expect(signal.aborted).toBe(false);
  send('SIGTERM');
  expect(signal.aborted).toBe(true);
  expect(exits).toEqual([]);
  send('SIGINT');
  expect(exits).toEqual([130]);
});
