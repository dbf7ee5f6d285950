import { MEMBERSHIP } from './membership.js';
import { CLASSES } from './numerics.js';
import { CALM_AFTER_MS, type Rates } from './rates.js';
import type { SimulatedWorker } from './simulated-worker.js';
import type { World } from './world.js';

/** Misfortunes that strike by themselves; the other rates are properties of the world. */
export type Kind = Exclude<keyof Rates, 'network' | 'notFinite' | 'neighbour' | 'queueless'>;
export type Misfortune = (world: World, anyWorker: () => SimulatedWorker | undefined) => void;

/** Misfortunes by kind; the rate of the same name says how often each strikes. */
const MISFORTUNES: readonly (readonly [Kind, Misfortune])[] = [
  [
    'linkCut',
    ({ faults }, anyWorker) => {
      faults.add('link-cut');
      anyWorker()?.cutLink();
    },
  ],
  [
    'partition',
    ({ faults, coordinator, scheduler, random }) => {
      faults.add('partition');
      coordinator.links.isPartitioned = true;
      coordinator.links.cutAll();
      scheduler.after(random.between(100, 3000), () => {
        coordinator.links.isPartitioned = false;
      });
    },
  ],
  [
    'workerFreeze',
    ({ faults, random }, anyWorker) => {
      faults.add('worker-frozen');
      anyWorker()?.freeze(random.between(200, 4000));
    },
  ],
  [
    'workerCrash',
    ({ faults, random, scheduler, workers }, anyWorker) => {
      const worker = anyWorker();
      worker?.crash();
      // The first one always comes back.
      const isGone = worker !== workers[0] && random.isTrue(0.3);
      faults.add(isGone ? 'worker-gone' : 'worker-crash');
      if (!isGone) scheduler.after(random.between(10, 1000), () => worker?.start());
    },
  ],
  [
    'queueRestart',
    ({ faults, random, queue }) => {
      faults.add('queue-restart');
      queue.restart(random.between(10, 2000));
    },
  ],
  [
    'coordinatorCrash',
    ({ faults, coordinator }) => {
      faults.add('coordinator-crash');
      coordinator.crash();
    },
  ],
  [
    'diskFull',
    ({ faults, random, scheduler, coordinator }) => {
      faults.add('disk-full');
      coordinator.isDiskFull = true;
      scheduler.after(random.between(50, 2000), () => {
        coordinator.isDiskFull = false;
      });
    },
  ],
  [
    'clockJump',
    ({ faults, random, coordinator }) => {
      faults.add('clock-jump');
      coordinator.skew += random.between(0, 5000);
    },
  ],
  ['pause', (world) => pause(world)],
  [
    'badDisk',
    ({ faults, random, scheduler, workers }, anyWorker) => {
      const worker = anyWorker();
      if (worker === undefined) return;
      worker.disk.isBad = true;
      // The first one always gets well, and so does a class that has no other.
      const isForGood =
        worker.id !== workers[0]?.id && worker.numericsClass === CLASSES[0] && random.isTrue(0.3);
      faults.add(isForGood ? 'bad-disk-for-good' : 'bad-disk');
      const heal = () => {
        worker.disk.isBad = false;
      };
      if (!isForGood) scheduler.after(random.between(50, 2000), heal);
    },
  ],
  [
    'cacheDamage',
    ({ faults, random }, anyWorker) => {
      const { cache } = anyWorker()?.disk ?? {};
      for (const blob of cache?.all ?? []) {
        if (!random.isTrue(0.5)) continue;
        faults.add('cache-damaged');
        cache?.damage(blob);
      }
    },
  ],
  [
    'storeDamage',
    ({ faults, random, coordinator: { blobs } }) => {
      for (const blob of blobs.all) {
        if (!random.isTrue(0.5)) continue;
        const isLost = random.isTrue(0.5);
        faults.add(isLost ? 'store-lost-blob' : 'store-damaged');
        if (isLost) blobs.remove(blob);
        else blobs.damage(blob);
      }
    },
  ],
  ...MEMBERSHIP,
];

/** Draws what goes wrong, and when. */
export function planMisfortunes(world: World): void {
  const { random, scheduler, workers, rates } = world;
  const anyWorker = () => workers[random.integer(0, workers.length - 1)];
  for (const [kind, befall] of MISFORTUNES) {
    const expected = (rates[kind] * CALM_AFTER_MS) / 1000;
    let count = Math.floor(expected) + (random.isTrue(expected % 1) ? 1 : 0);
    for (; count > 0; count--) {
      scheduler.after(random.between(0, CALM_AFTER_MS) * random.next(), () => befall(world, anyWorker));
    }
  }
}

/** A user pauses every run, and resumes it after a while. */
function pause({ faults, random, scheduler, coordinator, runs, isCalm }: World): void {
  faults.add('paused');
  const ids = runs.map(({ submitted }) => submitted.run);
  const isAnyPaused = () =>
    ids.some((id) => coordinator.ask((dispatcher) => dispatcher.runs.get(id)?.isPaused) ?? true);
  for (const id of ids) coordinator.control((dispatcher) => dispatcher.pause(id));
  const resume = () => {
    // Until it is known to have been heard: what was said before is durable by now, or lost with its coordinator.
    if (isCalm() && !isAnyPaused()) return;
    for (const id of ids) coordinator.control((dispatcher) => dispatcher.unpause(id));
    scheduler.after(700, resume);
  };
  scheduler.after(random.between(50, 1000), resume);
}
