import { expect, it } from 'vitest';
import { DEFAULT_LEDGER_SETTINGS, Ledger } from '../src/index.js';

it("the README's example gives what it says", () => {
  const ledger = new Ledger({ settings: DEFAULT_LEDGER_SETTINGS, jitter: () => 0 });
  const tasks = [{ needs: ['fit'], priority: 1, kind: 'score' }] as const;
  ledger.addRun({ id: 'run', pool: 'class', priority: 0, tasks });
  ledger.apply({ kind: 'satisfied', run: 'run', need: 'fit' }, 0);
  expect(ledger.pools.peekNext('class')).toEqual({ run: 'run', task: 0 });
});
