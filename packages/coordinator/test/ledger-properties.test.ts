import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../src/index.js';
import { counts, ledgerOf, PROBLEM, score, stateOf } from './small-ledger.js';

const TASKS = [0, 1, 2, 3, 4, 5];

describe('whatever happens in whatever order', () => {
  it('no task is done twice, and the counts add up', () => {
    const choice = fc.record({
      what: fc.constantFrom(
        'lease',
        'complete',
        'fail',
        'release',
        'expire',
        'offer',
        'pause',
        'resume',
        'time',
      ),
      which: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 200 }), (choices) => {
        const ledger = ledgerOf(
          TASKS.map(() => score()),
          { maxFailures: 4, stragglerSamples: 1 },
        );
        const known: (LedgerEvent & { kind: 'leased' })[] = [];
        const finished: number[] = [];
        let now = 0;
        const apply = (event: LedgerEvent) => {
          const done = (task: number) => stateOf(ledger, task) === 'done';
          const before = TASKS.filter(done);
          ledger.apply(event, now);
          expect(before.every(done)).toBe(true);
          finished.push(...TASKS.filter((task) => done(task) && !before.includes(task)));
        };
        for (const { what, which } of choices) {
          now += 10;
          const ref = known[which % Math.max(1, known.length)];
          const task = which % 6;
          if (what === 'offer') ledger.offer('r', task, now);
          if (what === 'pause') apply({ kind: 'paused', run: 'r' });
          if (what === 'resume') apply({ kind: 'resumed', run: 'r' });
          if (what === 'time') {
            now += 500;
            ledger.endDelays(now);
            ledger.offerStragglers('p', now);
            for (const { run, task: late, attempt, token } of ledger.overdue(now)) {
              apply({ kind: 'expired', run, task: late, attempt, token });
            }
          }
          if (what === 'lease' && ledger.canLease('r', task, `w${which}`)) {
            const attempt = (ledger.run('r')?.tasks.attempts(task) ?? 0) + 1;
            const leased = {
              kind: 'leased',
              run: 'r',
              task,
              attempt,
              token: `t${known.length}`,
              worker: `w${which}`,
            };
            known.push(leased as LedgerEvent & { kind: 'leased' });
            apply(leased as LedgerEvent);
          }
          if (ref === undefined) continue;
          if (what === 'complete') apply({ ...ref, kind: 'completed' });
          if (what === 'fail') apply({ ...ref, kind: 'failed', failure: PROBLEM });
          if (what === 'release') apply({ ...ref, kind: 'released' });
          if (what === 'expire') apply({ ...ref, kind: 'expired' });
          const all = Object.values(counts(ledger) ?? {}).reduce((sum, count) => sum + count, 0);
          expect(all).toBe(6);
        }
        expect(new Set(finished).size).toBe(finished.length);
        expect(counts(ledger)?.done).toBe(finished.length);
        expect(ledger.run('r')?.leases.size).toBe(counts(ledger)?.running);
      }),
      { numRuns: 300 },
    );
  });
});
