import type { WorkSpec } from '@oodgrid/protocol';
import type { CoordinatorMessage, LeaseRef } from '@oodgrid/transport';
import { syntheticDigest, syntheticRows, WorkerSession } from '@oodgrid/worker';
import type { SimulatedLink } from './links.js';
import { UNDISTURBED } from './rates.js';
import { LEASE_MS } from './simulated-coordinator.js';
import type { World } from './world.js';

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };
const RECONNECT_MS = 50;

/** A worker: the real session, an executor that only takes time, and everything that may befall it. */
export class SimulatedWorker {
  readonly id: string;
  readonly #world: World;
  readonly #slots: number;
  #session: WorkerSession | undefined;
  #link: SimulatedLink | undefined;
  /** Work of a former life is not done in the next. */
  #life = 0;
  #frozenUntil = 0;
  #running = new Set<string>();

  constructor(world: World, id: string, slots: number) {
    this.#world = world;
    this.id = id;
    this.#slots = slots;
  }

  start(): void {
    if (this.#session !== undefined) return;
    const life = ++this.#life;
    this.#running = new Set();
    const session = new WorkerSession({
      worker: {
        workerId: this.id,
        incarnation: `${this.id}-${life}`,
        numericsClass: 'simulated',
        engine: { kind: 'none', version: '1', device: 'cpu' },
        host: 'simulated',
        pid: 1,
        slots: this.#slots,
        memoryBytes: 1,
      },
      proof: `${this.id}-${life}`,
      doing: () => 'simulated',
      onStart: (lease, task) => this.#compute(session, lease, task),
      onCancel: ({ token }) => this.#running.delete(token),
      onRoom: () => this.lookForWork(),
      onDrain: () => session.stop(),
      onSetAside: (_reason, forMs) => {
        session.isResting = true;
        this.#after(forMs, () => {
          session.isResting = false;
          this.lookForWork();
        });
      },
    });
    this.#session = session;
    this.#connect(life);
  }

  /** The process ends without a word. */
  crash(): void {
    this.#life++;
    this.#session = undefined;
    this.#link?.cut();
    this.#link = undefined;
  }

  /** The process is stopped and goes on later, not knowing that time has passed. */
  freeze(milliseconds: number): void {
    this.#frozenUntil = this.#world.scheduler.now + milliseconds;
  }

  cutLink(): void {
    this.#link?.cut();
  }

  lookForWork(): void {
    const session = this.#session;
    if (session === undefined || !session.isConnected || session.room === 0) return;
    for (const delivery of this.#world.queue.take(session.room)) {
      this.#after(this.#world.random.between(0.1, 5), () => {
        if (this.#session === session && session.room > 0) session.request(delivery);
        else delivery.nak(0);
      });
    }
  }

  /** Time of this process: none of its former lives, and late while it is frozen. */
  #after(milliseconds: number, work: () => void): void {
    const life = this.#life;
    const run = () => {
      if (this.#life !== life) return;
      const left = this.#frozenUntil - this.#world.scheduler.now;
      if (left > 0) this.#world.scheduler.after(left, run);
      else work();
    };
    this.#world.scheduler.after(milliseconds, run);
  }

  #connect(life: number): void {
    const session = this.#session;
    if (session === undefined || this.#life !== life) return;
    const link = this.#world.coordinator.links.connect(session.registration(), {
      receive: (message) => {
        if (this.#life === life) this.#after(0, () => this.#receive(session, message));
      },
      closed: () => {
        if (this.#life !== life) return;
        this.#after(0, () => {
          session.disconnected();
          this.#link = undefined;
          this.#after(RECONNECT_MS * this.#world.random.between(0.5, 2), () => this.#connect(life));
        });
      },
    });
    this.#link = link;
  }

  #receive(session: WorkerSession, message: CoordinatorMessage): void {
    const link = this.#link;
    if (link === undefined) return;
    if (message.kind === 'registered') {
      session.connected((said) => link.send(said));
      this.#beat(session, link);
    }
    session.receive(message);
  }

  #beat(session: WorkerSession, link: SimulatedLink): void {
    this.#after(LEASE_MS / 3, () => {
      if (this.#link !== link) return;
      session.heartbeat();
      // What the queue put back meanwhile is found now and then.
      this.lookForWork();
      this.#beat(session, link);
    });
  }

  #compute(session: WorkerSession, lease: LeaseRef, task: WorkSpec): void {
    if (task.kind !== 'synthetic') throw new Error('the simulation has synthetic tasks only');
    const { random, faults } = this.#world;
    const rates = this.#world.isCalm() ? UNDISTURBED : this.#world.rates;
    this.#running.add(lease.token);
    const isSlow = random.isTrue(rates.straggler);
    if (isSlow) faults.add('straggler');
    const duration = random.between(5, 100) * (isSlow ? 40 : 1);
    const { key } = task;
    const fails = random.isTrue(rates.taskFailure);
    // A fifth of the rows at a time, so that a crash finds results half sent.
    const step = Math.max(1, Math.ceil(task.rows / 5));
    const isAlive = () => this.#session === session && this.#running.has(lease.token);
    const emit = (from: number) => {
      if (!isAlive()) return;
      if (fails && from > 0) {
        faults.add('task-failed');
        const failed = {
          code: 'unavailable',
          message: 'a simulated fault',
          retryable: true,
          logTail: '',
          origin: 'task',
          blob: null,
        } as const;
        session.end({ kind: 'failed', ...lease, ...failed });
        return;
      }
      if (task.of === 'fit' || from >= task.rows) {
        if (task.of === 'fit') session.fitted({ kind: 'fitted', ...lease, key, blob: syntheticDigest(task) });
        session.end({ kind: 'done', ...lease, work: NO_WORK, seconds: duration / 1000 });
        return;
      }
      const data = syntheticRows(task).slice(from, from + step);
      // Results of a lease that is over must never count: they are made wrong, so that it shows.
      if (!this.#world.isLive(lease)) {
        faults.add('zombie-result');
        data.fill(-1);
      }
      session.chunk(
        { kind: 'chunk', ...lease, key, offsetRows: from, rows: data.length, columns: 1, data },
        () => this.#after(duration / 5, () => emit(from + step)),
      );
    };
    this.#after(duration / 5, () => emit(0));
  }
}
