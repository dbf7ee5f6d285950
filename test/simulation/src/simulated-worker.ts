import type { WorkSpec } from '@oodgrid/contract';
import type { CoordinatorMessage, LeaseRef } from '@oodgrid/transport';
import { WorkerSession } from '@oodgrid/worker';
import type { SimulatedLink } from './links.js';
import { LEASE_MS } from './simulated-coordinator.js';
import { execute } from './simulated-execution.js';
import { Violation } from './violation.js';
import { WorkerDisk } from './worker-disk.js';
import type { World } from './world.js';

const RECONNECT_MS = 50;
/** Between two checks of a worker that is in trouble. */
const CHECK_MS = 150;
/** While another process has its id. */
const REFUSED_MS = 1000;

/** A worker: the real session, an executor that only takes time, and everything that may befall it. */
export class SimulatedWorker {
  readonly id: string;
  readonly #world: World;
  readonly #slots: number;
  readonly numericsClass: string;
  /** Of the coordinator that it speaks with; null: it has none, and is asked itself. */
  #queue: string | null | undefined;
  #session: WorkerSession | undefined;
  #link: SimulatedLink | undefined;
  /** Work of a former life is not done in the next. */
  #life = 0;
  #frozenUntil = 0;
  #running = new Set<string>();
  /** Its cache outlives its process. */
  readonly disk: WorkerDisk;
  /** It computes what is no number, now and then. */
  isBroken = false;
  /** A worker that does not is held off by the coordinator alone. */
  readonly #checksItself: boolean;
  #inTrouble: WorkerSession | undefined;

  constructor(world: World, id: string, slots: number, numericsClass: string) {
    this.numericsClass = numericsClass;
    this.disk = new WorkerDisk(world.coordinator);
    this.#checksItself = world.random.isTrue(0.5);
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
        numericsClass: this.numericsClass,
        engine: { kind: 'none', version: '1', device: 'cpu' },
        host: 'simulated',
        pid: 1,
        slots: this.#slots,
        memoryBytes: 1,
      },
      proof: `process ${this.#world.processes++}`,
      doing: () => 'simulated',
      onStart: (lease, task) => this.#compute(session, lease, task),
      onCancel: ({ token }) => this.#running.delete(token),
      onRoom: () => this.lookForWork(),
      onDrain: () => session.stop(),
      onSetAside: (_reason, forMs) => {
        this.#after(forMs, () => {
          session.isResting = false;
          this.lookForWork();
        });
      },
    });
    this.#session = session;
    this.#connect(life);
  }

  /** Whether its process is there. */
  get isUp(): boolean {
    return this.#session !== undefined;
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
    const queue = this.#queue;
    if (queue === null) while (session.room > 0) session.request(null);
    if (typeof queue !== 'string') return;
    for (const delivery of this.#world.queue.take(queue, this.numericsClass, session.room)) {
      if (!this.#world.runs.some(({ submitted }) => submitted.run === delivery.hint.run)) {
        throw new Violation(`a hint of another coordinator: ${delivery.hint.run}`);
      }
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
      closed: (isRefused) => {
        if (this.#life !== life) return;
        this.#after(0, () => {
          session.disconnected();
          this.#link = undefined;
          const wait = isRefused ? REFUSED_MS : RECONNECT_MS;
          this.#after(wait * this.#world.random.between(0.5, 2), () => this.#connect(life));
        });
      },
    });
    this.#link = link;
  }

  #receive(session: WorkerSession, message: CoordinatorMessage): void {
    const link = this.#link;
    if (link === undefined) return;
    if (message.kind === 'registered') {
      this.#queue = message.queue;
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
    this.#running.add(lease.token);
    execute({
      world: this.#world,
      session,
      lease,
      task,
      disk: this.disk,
      isBroken: this.isBroken,
      numericsClass: this.numericsClass,
      isAlive: () => this.#session === session && this.#running.has(lease.token),
      after: (milliseconds, work) => this.#after(milliseconds, work),
      onOwnFailure: (message) => {
        if (this.#checksItself) this.#takeNoTasks(session, message);
      },
    });
  }

  /** Until a check of its own disk has passed. */
  #takeNoTasks(session: WorkerSession, trouble: string): void {
    if (this.#inTrouble === session) return;
    this.#inTrouble = session;
    session.setTrouble(trouble);
    const check = () =>
      this.#after(CHECK_MS, () => {
        if (this.disk.isBad) return check();
        this.#inTrouble = undefined;
        session.setTrouble('');
      });
    check();
  }
}
