import { OodError } from '@oodgrid/contract';
import {
  Coordinator,
  Dispatcher,
  Ledger,
  PoolIndex,
  type StagedChunk,
  type StoreBatch,
  SyntheticWorkload,
  WorkerConnections,
} from '@oodgrid/coordinator';
import { WorkerSession } from '@oodgrid/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Crash, DiskStore } from './src/disk-store.js';
import { firstFailure } from './src/first-failure.js';
import { type Rates, UNDISTURBED } from './src/rates.js';
import { simulate } from './src/simulate.js';
import { SimulatedQueue } from './src/simulated-queue.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A rule of the system that is broken on purpose, and what the simulation must say of it. */
interface Mutation {
  readonly rule: string;
  readonly shows: RegExp;
  /** Misfortunes without which it seldom shows. */
  readonly more?: Partial<Rates>;
  readonly breakIt: () => void;
}

/** Interactions of members of a cluster. */
const OF_MEMBERS: readonly Mutation[] = [
  {
    rule: 'an id of a worker is one living process',
    shows: /no end|leases for|the queue holds/,
    breakIt: () => {
      const { register } = Dispatcher.prototype;
      vi.spyOn(Dispatcher.prototype, 'register').mockImplementation(function (
        this: Dispatcher,
        peer,
        said,
        now,
      ) {
        // Everybody can prove to be whoever he says that he is.
        register.call(this, peer, { ...said, proof: said.worker.workerId }, now);
      });
    },
  },
  {
    rule: "a lease is its holder's",
    shows: /digest|is done \d times/,
    breakIt: () => {
      vi.spyOn(WorkerConnections.prototype, 'owns').mockReturnValue(true);
    },
  },
  {
    rule: 'a worker has no more leases than places',
    shows: /of 1 place has 2 leases/,
    breakIt: () => {
      vi.spyOn(Ledger.prototype, 'leaseCountOf').mockReturnValue(0);
    },
  },
  {
    rule: 'nothing is published on top of what may still be in the queue',
    shows: /the queue holds/,
    breakIt: () => {
      vi.spyOn(SimulatedQueue.prototype, 'clear').mockReturnValue(undefined);
    },
  },
  {
    rule: 'messages that came to nothing are kept in mind',
    shows: /the queue holds/,
    // Whatever is taken back from the queue while nobody reads it is a stray.
    more: { pause: 5, poolGone: 1 },
    breakIt: () => {
      vi.spyOn(PoolIndex.prototype, 'straysIn').mockReturnValue(0);
    },
  },
  {
    rule: 'a coordinator has a queue of its own',
    shows: /a hint of another coordinator/,
    breakIt: () => {
      vi.spyOn(DiskStore.prototype, 'id', 'get').mockReturnValue('everybody');
    },
  },
  {
    rule: 'results of different numerics classes are different ones',
    shows: /digest/,
    breakIt: () => {
      const { bind, noteDone } = SyntheticWorkload.prototype;
      vi.spyOn(SyntheticWorkload.prototype, 'bind').mockImplementation(function (
        this: SyntheticWorkload,
        task,
      ) {
        return bind.call(this, task, 'any');
      });
      vi.spyOn(SyntheticWorkload.prototype, 'noteDone').mockImplementation(function (
        this: SyntheticWorkload,
        task,
        _pool,
        report,
      ) {
        return noteDone.call(this, task, 'any', report);
      });
    },
  },
  {
    rule: 'a move is durable',
    shows: /digest|no end|is done \d times/,
    breakIt: () => {
      const { commit } = DiskStore.prototype;
      vi.spyOn(DiskStore.prototype, 'commit').mockImplementation(function (this: DiskStore, batch) {
        commit.call(this, { ...batch, records: batch.records.filter(({ kind }) => kind !== 'moved') });
      });
    },
  },
  {
    rule: 'a run whose class has no worker says so',
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(Dispatcher.prototype, 'waitsFor').mockReturnValue('');
    },
  },
];

const MUTATIONS: readonly Mutation[] = [
  ...OF_MEMBERS,
  {
    rule: 'nothing is acknowledged before it is durable',
    shows: /before it was durable/,
    breakIt: () => {
      // The store keeps a batch in memory until the next one comes.
      const { commit } = DiskStore.prototype;
      const held = new WeakMap<DiskStore, StoreBatch>();
      vi.spyOn(DiskStore.prototype, 'commit').mockImplementation(function (this: DiskStore, batch) {
        const last = held.get(this);
        held.set(this, batch);
        if (last !== undefined) commit.call(this, last);
      });
    },
  },
  {
    rule: 'a write that failed is not taken for one that was made',
    shows: /before it was durable|is done \d times|no end|digest|its result is missing/,
    breakIt: () => {
      const { commit } = DiskStore.prototype;
      vi.spyOn(DiskStore.prototype, 'commit').mockImplementation(function (this: DiskStore, batch) {
        try {
          commit.call(this, batch);
        } catch (error) {
          if (error instanceof Crash || !(error instanceof OodError)) throw error;
        }
      });
    },
  },
  {
    rule: 'a lease that expired ends: its token is refused',
    shows: /digest|is done \d times|lease|no end/,
    breakIt: () => {
      const { apply } = Ledger.prototype;
      vi.spyOn(Ledger.prototype, 'apply').mockImplementation(function (this: Ledger, event, now) {
        if (event.kind !== 'expired') return apply.call(this, event, now);
        const lease = this.find(event);
        apply.call(this, event, now);
        if (lease !== undefined) this.run(event.run)?.leases.set(event.task, [lease]);
        return [];
      });
    },
  },
  {
    rule: 'leases expire',
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(Ledger.prototype, 'overdue').mockReturnValue([]);
    },
  },
  {
    rule: 'offers that the queue lost are published again',
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(PoolIndex.prototype, 'offerAgain').mockReturnValue([]);
    },
  },
  {
    rule: 'publications of one task have different message ids',
    shows: /no end/,
    breakIt: () => {
      const { offerAgain } = PoolIndex.prototype;
      vi.spyOn(PoolIndex.prototype, 'offerAgain').mockImplementation(function (this: PoolIndex, pool, now) {
        return offerAgain.call(this, pool, now).map((offer) => ({ ...offer, epoch: 1 }));
      });
    },
  },
  {
    rule: 'back-offs end',
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(Ledger.prototype, 'endDelays').mockReturnValue(undefined);
    },
  },
  {
    rule: 'what was not acknowledged is said again on the next connection',
    shows: /before it was durable|no end|ended as/,
    breakIt: () => {
      const { registration } = WorkerSession.prototype;
      vi.spyOn(WorkerSession.prototype, 'registration').mockImplementation(function (this: WorkerSession) {
        // It believes that everything arrived.
        return { ...registration.call(this), nextSequence: Number.MAX_SAFE_INTEGER };
      });
    },
  },
  {
    rule: 'chunks that were acknowledged survive a restart',
    shows: /ended as failed/,
    breakIt: () => {
      vi.spyOn(DiskStore.prototype, 'chunks').mockReturnValue([] as StagedChunk[]);
    },
  },
  {
    rule: 'the journal is replayed to its end',
    shows: /./,
    breakIt: () => {
      const { records } = DiskStore.prototype;
      vi.spyOn(DiskStore.prototype, 'records').mockImplementation(function (this: DiskStore) {
        return [...records.call(this)].slice(0, -1);
      });
    },
  },
  {
    rule: 'a submission with a known key is the run that is there',
    shows: /./,
    breakIt: () => {
      const { update } = Coordinator.prototype;
      vi.spyOn(Coordinator.prototype, 'update').mockImplementation(function (this: Coordinator, work, done) {
        update.call(
          this,
          (dispatcher, now) => {
            const { submit } = dispatcher;
            const forgetful = Object.create(dispatcher, {
              submit: {
                value: (submitted: Parameters<typeof submit>[0]) =>
                  submit.call(dispatcher, { ...submitted, idempotencyKey: null }, now),
              },
            });
            return work(forgetful, now);
          },
          done as never,
        );
      });
    },
  },
];

describe('a rule that is broken on purpose is found by the simulation', () => {
  it.each(MUTATIONS.map((one) => [one.rule, one] as const))('%s', (_rule, { breakIt, shows, more }) => {
    breakIt();
    const found = firstFailure(5000, more);
    expect(found?.failure).toMatch(shows);
  });

  it('and without any broken rule the same seeds hold', () => {
    expect(firstFailure(300)).toBeUndefined();
    for (const { more } of MUTATIONS) if (more !== undefined) expect(firstFailure(300, more)).toBeUndefined();
  });
});

describe('an undisturbed world', () => {
  it('comes to the digest that the tasks alone give, without any fault', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { failure, total } = simulate(seed, UNDISTURBED);
      expect([seed, failure, total]).toEqual([seed, undefined, 0]);
    }
  });

  it('is the same every time: a seed is a whole history', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect([...simulate(seed).faults]).toEqual([...simulate(seed).faults]);
    }
  });
});
