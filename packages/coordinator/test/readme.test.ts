import { expect, it } from 'vitest';
import { DEFAULT_LEDGER_SETTINGS, Ledger } from '../src/index.js';

it("the README's example gives what it says", () => {
  const ledger = new Ledger({ settings: DEFAULT_LEDGER_SETTINGS, jitter: () => 0 });
  const tasks = [
    { needs: [], priority: 2, kind: 'fit' },
    { needs: ['fit'], priority: 1, kind: 'score' },
  ] as const;
  ledger.addRun({ id: 'run', pool: 'class', priority: 0, tasks });
  const lease = { run: 'run', task: 0, attempt: 1, token: 't1' };
  ledger.apply({ kind: 'leased', worker: 'w', ...lease }, 0);
  ledger.apply({ kind: 'completed', ...lease }, 5);
  ledger.apply({ kind: 'satisfied', run: 'run', need: 'fit' }, 5);
  expect(ledger.pools.peekNext('class')).toEqual({ run: 'run', task: 1 });
});
