import { describe, expect, it } from 'vitest';
import { decodeRecords } from '../src/store/journal-codec.js';

describe('a line of the journal', () => {
  it('of a former version gets the present names of its records', () => {
    const line = JSON.stringify([
      { kind: 'bound', run: 'r', pool: 'p' },
      { kind: 'finished', run: 'r', task: 0, isReused: true },
      { kind: 'finished', run: 'r', task: 1, isReused: false },
      { kind: 'completed', run: 'r', task: 2 },
    ]);
    expect(decodeRecords(line)).toEqual([
      { kind: 'pinned', run: 'r', pool: 'p' },
      { kind: 'reused', run: 'r', task: 0, isReused: true },
      { kind: 'done', run: 'r', task: 1, isReused: false },
      { kind: 'completed', run: 'r', task: 2 },
    ]);
  });

  it.each(['renamed', 'constructor', ''])(
    'with a record that this version does not know is refused: %j',
    (kind) => {
      expect(() => decodeRecords(JSON.stringify([{ kind, run: 'r' }]))).toThrow(
        expect.objectContaining({
          code: 'corrupt-data',
          message: expect.stringContaining('use the version that wrote it'),
        }),
      );
    },
  );
});
