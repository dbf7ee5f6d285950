import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeaseKey, Ledger, type LedgerCommand, type LedgerTask, MAX_FAILURES } from '../src/index.js';

const chain: LedgerTask[] = [
  { id: 'fit', needs: [], priority: 3 },
  { id: 'sweep', needs: ['fitted'], priority: 2 },
  { id: 'score', needs: ['fitted', 'choice'], priority: 1 },
];

const kinds = (commands: readonly LedgerCommand[]) => commands.map(({ kind }) => kind);
const retryable = { code: 'unavailable', message: 'lost', isRetryable: true } as const;

/** Takes a task to `running` and returns its lease. */
function lease(ledger: Ledger, taskId: string, workerId = 'w', token = 'token'): LeaseKey {
  ledger.apply({ kind: 'leased', taskId, workerId, token });
  const found = ledger.leaseOf(taskId);
  if (found === undefined) throw new Error(`${taskId} was not leased`);
  return found;
}

function queued(tasks: LedgerTask[] = [{ id: 't', needs: [], priority: 0 }]) {
  const ledger = new Ledger(tasks);
  for (const command of ledger.start())
    if (command.kind === 'prepare')
      ledger.apply({ kind: 'prepared', taskId: command.taskId, isReused: false });
  return ledger;
}

describe('the ledger', () => {
  it('starts what needs nothing, and the rest when all its needs are known', () => {
    const ledger = new Ledger(chain);
    expect(ledger.start()).toEqual([{ kind: 'prepare', taskId: 'fit' }]);
    expect(ledger.apply({ kind: 'satisfied', need: 'fitted' })).toEqual([
      { kind: 'prepare', taskId: 'sweep' },
    ]);
    expect(ledger.apply({ kind: 'satisfied', need: 'fitted' })).toEqual([]);
    expect(ledger.apply({ kind: 'satisfied', need: 'choice' })).toEqual([
      { kind: 'prepare', taskId: 'score' },
    ]);
  });

  it('finishes a task whose results were all in the cache without offering it', () => {
    const ledger = new Ledger([{ id: 't', needs: [], priority: 0 }]);
    ledger.start();
    expect(ledger.apply({ kind: 'prepared', taskId: 't', isReused: true })).toEqual([
      { kind: 'finish', taskId: 't' },
    ]);
    expect(ledger.isDrained).toBe(true);
  });

  it('counts a completion once', () => {
    const ledger = queued();
    const held = lease(ledger, 't');
    expect(kinds(ledger.apply({ kind: 'completed', lease: held }))).toEqual(['finish']);
    expect(ledger.apply({ kind: 'completed', lease: held })).toEqual([]);
  });

  it('refuses a lease that another took over', () => {
    const ledger = queued();
    const first = lease(ledger, 't', 'w1', 'a');
    expect(kinds(ledger.apply({ kind: 'worker-lost', workerId: 'w1' }))).toEqual(['discard', 'offer']);
    const second = lease(ledger, 't', 'w2', 'b');
    expect(second.attempt).toBe(2);
    expect(ledger.isCurrent(first)).toBe(false);
    expect(ledger.apply({ kind: 'completed', lease: first })).toEqual([]);
    expect(ledger.apply({ kind: 'completed', lease: { ...second, token: 'a' } })).toEqual([]);
    expect(kinds(ledger.apply({ kind: 'completed', lease: second }))).toEqual(['finish']);
  });

  it('gives a task to one worker only', () => {
    const ledger = queued();
    const held = lease(ledger, 't', 'w1', 'a');
    ledger.apply({ kind: 'leased', taskId: 't', workerId: 'w2', token: 'b' });
    expect(ledger.leaseOf('t')).toEqual(held);
  });

  it(`fails the run after ${MAX_FAILURES} failures, at once when another attempt cannot help`, () => {
    const ledger = queued();
    for (let failure = 1; failure < MAX_FAILURES; failure++) {
      expect(kinds(ledger.apply({ kind: 'failed', lease: lease(ledger, 't'), failure: retryable }))).toEqual([
        'discard',
        'offer',
      ]);
    }
    expect(kinds(ledger.apply({ kind: 'failed', lease: lease(ledger, 't'), failure: retryable }))).toEqual([
      'discard',
      'fail-run',
    ]);
    const hopeless = queued();
    const failure = { ...retryable, isRetryable: false };
    expect(kinds(hopeless.apply({ kind: 'failed', lease: lease(hopeless, 't'), failure }))).toEqual([
      'discard',
      'fail-run',
    ]);
  });

  it('does not hold a task that was handed back against it', () => {
    const ledger = queued();
    for (let i = 0; i < 2 * MAX_FAILURES; i++) {
      expect(kinds(ledger.apply({ kind: 'released', lease: lease(ledger, 't') }))).toEqual([
        'discard',
        'offer',
      ]);
    }
    expect(lease(ledger, 't').attempt).toBe(2 * MAX_FAILURES + 1);
  });

  it('finishes every task exactly once whatever happens, and in the order of needs', () => {
    const steps = fc.array(fc.record({ action: fc.nat(5), pick: fc.nat(1000), worker: fc.nat(3) }), {
      maxLength: 150,
    });
    fc.assert(
      fc.property(steps, (script) => {
        const tasks: LedgerTask[] = Array.from({ length: 6 }, (_, i) => ({
          id: `t${i}`,
          needs: i < 2 ? [] : [`t${i - 2}`],
          priority: 0,
        }));
        const ledger = new Ledger(tasks);
        const finished: string[] = [];
        const offered = new Set<string>();
        const leases: LeaseKey[] = [];
        let hasFailed = false;
        const execute = (commands: readonly LedgerCommand[]) => {
          for (const command of commands) {
            if (command.kind === 'prepare')
              execute(ledger.apply({ kind: 'prepared', taskId: command.taskId, isReused: false }));
            if (command.kind === 'offer') offered.add(command.taskId);
            if (command.kind === 'fail-run') hasFailed = true;
            if (command.kind !== 'finish') continue;
            expect(finished).not.toContain(command.taskId);
            finished.push(command.taskId);
            execute(ledger.apply({ kind: 'satisfied', need: command.taskId }));
          }
        };
        let tokens = 0;
        const take = (pick: number, worker: number) => {
          const taskId = [...offered][pick % Math.max(1, offered.size)];
          if (taskId === undefined) return;
          offered.delete(taskId);
          leases.push(lease(ledger, taskId, `w${worker}`, `k${tokens++}`));
        };
        execute(ledger.start());
        for (const { action, pick, worker } of script) {
          const held = leases[pick % Math.max(1, leases.length)];
          if (action <= 1) take(pick, worker);
          else if (action === 2) execute(ledger.apply({ kind: 'worker-lost', workerId: `w${worker}` }));
          else if (held === undefined) continue;
          else if (action === 3) execute(ledger.apply({ kind: 'completed', lease: held }));
          else if (action === 4) execute(ledger.apply({ kind: 'released', lease: held }));
          else execute(ledger.apply({ kind: 'failed', lease: held, failure: retryable }));
        }
        // Now every worker behaves: what is left gets done, unless the run failed before.
        for (let round = 0; round < 50 && !ledger.isDrained && !hasFailed; round++) {
          take(0, 9);
          for (const held of leases) execute(ledger.apply({ kind: 'completed', lease: held }));
        }
        if (!hasFailed) {
          expect(finished.length).toBe(tasks.length);
          for (const { id, needs } of tasks)
            for (const need of needs) expect(finished.indexOf(need)).toBeLessThan(finished.indexOf(id));
        }
        const counts = ledger.counts();
        expect(counts.done).toBe(finished.length);
      }),
      { numRuns: 300 },
    );
  });
});
