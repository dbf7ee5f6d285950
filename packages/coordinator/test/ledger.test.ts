import { describe, expect, it } from 'vitest';
import { counts, lease, ledgerOf, PROBLEM, score, stateOf } from './small-ledger.js';

describe('the graph of tasks', () => {
  it('opens with what is known, in order of priority', () => {
    const ledger = ledgerOf([score('fit'), { needs: [], priority: 3, kind: 'fit' }, score()]);
    expect(counts(ledger)).toMatchObject({ waiting: 1, ready: 2 });
    const fit = lease(ledger);
    expect(fit.task).toBe(1);
    expect(ledger.apply({ kind: 'completed', ...fit }, 5)).toEqual([]);
    expect(stateOf(ledger, 1)).toBe('done');
    ledger.apply({ kind: 'satisfied', run: 'r', need: 'fit' }, 5);
    expect([lease(ledger).task, lease(ledger).task]).toEqual([0, 2]);
    expect(ledger.pools.peekNext('p')).toBeUndefined();
  });

  it('counts a fact once, and waits for all of them', () => {
    const ledger = ledgerOf([score('a', 'b')]);
    for (let i = 0; i < 3; i++) ledger.apply({ kind: 'satisfied', run: 'r', need: 'a' }, 0);
    expect(stateOf(ledger, 0)).toBe('waiting');
    ledger.apply({ kind: 'satisfied', run: 'r', need: 'b' }, 0);
    expect(stateOf(ledger, 0)).toBe('ready');
  });

  it('takes what the cache has without a lease', () => {
    const ledger = ledgerOf([score()]);
    expect(ledger.apply({ kind: 'reused', run: 'r', task: 0 }, 0)).toEqual([]);
    expect(stateOf(ledger, 0)).toBe('done');
    expect(ledger.apply({ kind: 'reused', run: 'r', task: 0 }, 0)).toEqual([]);
  });
});

describe('a lease', () => {
  it('counts attempts, and only its own token speaks for it', () => {
    const ledger = ledgerOf([score()]);
    const first = lease(ledger);
    expect(ledger.canLease('r', 0, 'other')).toBe(false);
    expect(ledger.apply({ kind: 'completed', ...first, token: 'forged' }, 1)).toEqual([]);
    expect(ledger.apply({ kind: 'completed', ...first, attempt: 2 }, 1)).toEqual([]);
    expect(ledger.apply({ kind: 'released', ...first }, 1)).toMatchObject([first]);
    const second = lease(ledger);
    expect(second.attempt).toBe(2);
    expect(ledger.apply({ kind: 'completed', ...first }, 2)).toEqual([]);
    ledger.apply({ kind: 'completed', ...second }, 2);
    expect(stateOf(ledger, 0)).toBe('done');
    expect(ledger.apply({ kind: 'completed', ...second }, 2)).toEqual([]);
  });

  it('ends when it is not renewed, and the loss is not the task own failure', () => {
    const ledger = ledgerOf([score()]);
    const ref = lease(ledger);
    expect(ledger.renew(ref, 800)).toBe(true);
    expect(ledger.overdue(1799)).toEqual([]);
    const [overdue] = ledger.overdue(1800);
    expect(overdue).toMatchObject(ref);
    expect(ledger.apply({ kind: 'expired', ...ref }, 1800)).toMatchObject([ref]);
    expect(ledger.renew(ref, 1900)).toBe(false);
    expect(stateOf(ledger, 0)).toBe('ready');
  });

  it('of a worker that was cut off ends sooner', () => {
    const ledger = ledgerOf([score(), score()]);
    lease(ledger, 0, 'cut');
    lease(ledger, 0, 'fine');
    ledger.shorten('cut', 100, 200);
    expect(ledger.overdue(300)).toMatchObject([{ worker: 'cut' }]);
    expect(ledger.leasesOf('fine')).toHaveLength(1);
  });
});

describe('failures', () => {
  it('are tried again after an exponential back-off with jitter, then quarantined with the last error', () => {
    const ledger = ledgerOf([score()]);
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 2; i++) {
      const ref = lease(ledger, now);
      ledger.apply({ kind: 'failed', ...ref, failure: PROBLEM }, now);
      expect(ledger.canLease('r', 0, 'w')).toBe(false);
      waits.push(ledger.nextDeadline() - now);
      now = ledger.nextDeadline();
      ledger.endDelays(now - 1);
      expect(ledger.pools.peekNext('p')).toBeUndefined();
      ledger.endDelays(now);
    }
    expect(waits).toEqual([75, 150]);
    ledger.apply({ kind: 'failed', ...lease(ledger, now), failure: PROBLEM }, now);
    expect(stateOf(ledger, 0)).toBe('quarantined');
    expect(ledger.run('r')?.lastFailure.get(0)).toEqual(PROBLEM);
    expect(ledger.run('r')?.isIdle).toBe(true);
    ledger.apply({ kind: 'retried', run: 'r' }, now);
    expect(lease(ledger, now).attempt).toBe(4);
  });

  it('that another attempt cannot help are final', () => {
    const ledger = ledgerOf([score()]);
    const failure = { ...PROBLEM, isRetryable: false };
    ledger.apply({ kind: 'failed', ...lease(ledger), failure }, 0);
    expect(stateOf(ledger, 0)).toBe('failed');
  });

  it('a task that is lost with worker after worker is quarantined in the end', () => {
    const ledger = ledgerOf([score()], { maxLosses: 3 });
    let now = 0;
    for (let i = 0; i < 3; i++) {
      ledger.endDelays(now);
      ledger.apply({ kind: 'expired', ...lease(ledger, now) }, now);
      now += 1000;
    }
    expect(stateOf(ledger, 0)).toBe('quarantined');
    expect(ledger.run('r')?.lastFailure.get(0)?.message).toMatch(/worker w was lost/);
  });
});

describe('stragglers', () => {
  const settings = { stragglerFactor: 4, stragglerSamples: 3, stragglerMinMs: 50 };

  function withHistory() {
    const ledger = ledgerOf(
      Array.from({ length: 5 }, () => score()),
      settings,
    );
    for (let i = 0; i < 3; i++) ledger.apply({ kind: 'completed', ...lease(ledger, 0) }, 20);
    return ledger;
  }

  it('are offered a second time, to another worker, and the first result counts', () => {
    const ledger = withHistory();
    const slow = lease(ledger, 100);
    expect(ledger.offerStragglers('p', 150)).toEqual([]);
    const [offer] = ledger.offerStragglers('p', 190);
    expect(offer).toMatchObject({ task: slow.task, attempt: 2 });
    expect(ledger.canLease('r', slow.task, 'w')).toBe(false);
    expect(ledger.canLease('r', slow.task, 'other')).toBe(true);
    const second = { ...slow, attempt: 2, token: 'second' };
    ledger.apply({ kind: 'leased', worker: 'other', ...second }, 200);
    expect(ledger.offerStragglers('p', 10_000)).toEqual([]);
    expect(ledger.apply({ kind: 'completed', ...second }, 210)).toMatchObject([{ token: slow.token }]);
    expect(stateOf(ledger, slow.task)).toBe('done');
    expect(ledger.apply({ kind: 'completed', ...slow }, 220)).toEqual([]);
  });

  it('go on alone when one of the two copies fails', () => {
    const ledger = withHistory();
    const slow = lease(ledger, 100);
    ledger.offerStragglers('p', 190);
    const second = { ...slow, attempt: 2, token: 'second' };
    ledger.apply({ kind: 'leased', worker: 'other', ...second }, 200);
    ledger.apply({ kind: 'failed', ...second, failure: PROBLEM }, 210);
    expect(stateOf(ledger, slow.task)).toBe('running');
    ledger.apply({ kind: 'completed', ...slow }, 220);
    expect(stateOf(ledger, slow.task)).toBe('done');
  });
});

describe('runs', () => {
  const two = (priorityOfSecond = 0) => {
    const ledger = ledgerOf(Array.from({ length: 4 }, () => score()));
    const tasks = Array.from({ length: 4 }, () => score());
    ledger.addRun({ id: 's', pool: 'p', priority: priorityOfSecond, tasks });
    return ledger;
  };

  it('share places fairly', () => {
    const ledger = two();
    const order = Array.from({ length: 8 }, () => lease(ledger).run);
    expect(order).toEqual(['r', 's', 'r', 's', 'r', 's', 'r', 's']);
  });

  it('of a higher priority go first', () => {
    const ledger = two(1);
    expect(Array.from({ length: 5 }, () => lease(ledger).run)).toEqual(['s', 's', 's', 's', 'r']);
  });

  it('hand out nothing while paused, and finish what runs', () => {
    const ledger = ledgerOf([score(), score(), score()]);
    const running = lease(ledger);
    ledger.offer('r', 1, 0);
    ledger.apply({ kind: 'paused', run: 'r' }, 0);
    expect([ledger.canLease('r', 1, 'w'), ledger.canLease('r', 2, 'w')]).toEqual([false, false]);
    expect(ledger.pools.peekNext('p')).toBeUndefined();
    ledger.apply({ kind: 'completed', ...running }, 1);
    expect(stateOf(ledger, running.task)).toBe('done');
    ledger.apply({ kind: 'resumed', run: 'r' }, 2);
    expect([lease(ledger).task, lease(ledger).task]).toEqual([1, 2]);
  });

  it('that are cancelled end their leases', () => {
    const ledger = ledgerOf([score(), score('never')]);
    const ref = lease(ledger);
    expect(ledger.apply({ kind: 'cancelled', run: 'r' }, 0)).toMatchObject([ref]);
    expect(counts(ledger)).toMatchObject({ cancelled: 2, running: 0, waiting: 0 });
    expect(ledger.apply({ kind: 'completed', ...ref }, 0)).toEqual([]);
  });

  it('are offered again when the queue seems to have lost them, under another message id', () => {
    const ledger = ledgerOf([score(), score()], { republishMs: 500 });
    const first = ledger.offer('r', 0, 0);
    ledger.offer('r', 1, 300);
    expect(ledger.pools.hasOfferBefore('p', -1)).toBe(false);
    expect(ledger.pools.hasOfferBefore('p', 0)).toBe(true);
    const [again] = ledger.pools.offerAgain('p', 500);
    expect(again).toMatchObject({ task: 0, attempt: 1 });
    expect(again?.epoch).not.toBe(first?.epoch);
    expect(ledger.pools.offerAgain('p', 501)).toHaveLength(2);
  });
});
