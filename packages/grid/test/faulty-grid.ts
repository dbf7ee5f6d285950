import { OodError } from '@oodgrid/contract';
import { expect } from 'vitest';
import { parseGrid } from '../src/parse.js';

/** Names that a grid may use. */
export const KNOWN = {
  models: ['lenet-fmnist', 'lenet-fmnist-oe', 'lenet-fmnist-member0'],
  datasets: ['fashion-mnist', 'mnist', 'mnist-10k', 'cifar10', 'svhn'],
};

/** The keys of a sound grid, and their values. */
export const GOOD: Readonly<Record<string, string>> = {
  protocol: 'fssd-paper',
  models: '[lenet-fmnist]',
  pairs: '[{ id: fashion-mnist, ood: mnist }]',
  methods: '[baseline]',
};

/** A sound grid with one line written anew, or added. */
export function grid(line = ''): string {
  const key = line.split(':')[0] ?? '';
  const lines = Object.entries(GOOD).map(([name, value]) => (name === key ? line : `${name}: ${value}`));
  return [...lines, ...(key in GOOD || line === '' ? [] : [line])].join('\n');
}

/** Every line of the answer to a grid that is refused. Fails for one that is accepted. */
export function faultsOf(content: string | Uint8Array, settings: readonly string[] = []): string[] {
  try {
    parseGrid(content, 'g.yaml', KNOWN, settings);
  } catch (thrown) {
    const error = OodError.from(thrown);
    expect(error.code).toBe('invalid-input');
    return error.message.split('\n');
  }
  throw new Error('the grid was accepted');
}
