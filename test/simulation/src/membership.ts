import { befallByImpostor } from './impostor.js';
import type { Kind, Misfortune } from './misfortunes.js';
import { CLASSES } from './numerics.js';
import { SimulatedWorker } from './simulated-worker.js';
import type { World } from './world.js';

/** Misfortunes of the members of a cluster: their identities, and the classes that are present. */
export const MEMBERSHIP: readonly (readonly [Kind, Misfortune])[] = [
  [
    'twin',
    (world, anyWorker) => {
      const worker = anyWorker();
      if (worker === undefined) return;
      world.faults.add('twin');
      const twin = new SimulatedWorker(world, worker.id, world.random.integer(1, 3), worker.numericsClass);
      world.workers.push(twin);
      twin.start();
    },
  ],
  ['impostor', (world) => befallByImpostor(world)],
  [
    'poolGone',
    ({ faults, random, scheduler, workers }) => {
      faults.add('pool-gone');
      const numericsClass = CLASSES[random.integer(0, CLASSES.length - 1)];
      for (const [i, worker] of workers.entries()) {
        if (worker.numericsClass !== numericsClass) continue;
        worker.crash();
        // The first one always comes back.
        if (i === 0 || random.isTrue(0.5)) scheduler.after(random.between(500, 20_000), () => worker.start());
      }
    },
  ],
  [
    'drain',
    ({ faults, random, scheduler, coordinator, workers }, anyWorker) => {
      const worker = anyWorker();
      // The first one is the sound one of its class: who leaves counts no longer, and a task may be given up without it.
      if (worker === undefined || worker.id === workers[0]?.id) return;
      faults.add('drained');
      coordinator.control((dispatcher) => dispatcher.drain(worker.id));
      // Before all that it held is done, or long after.
      scheduler.after(random.between(100, 5000), () => {
        worker.crash();
        worker.start();
      });
    },
  ],
  [
    'move',
    ({ faults, random, coordinator, runs }) => {
      const run = runs[random.integer(0, runs.length - 1)];
      const numericsClass = CLASSES[random.integer(0, CLASSES.length - 1)];
      if (run === undefined || numericsClass === undefined) return;
      faults.add('moved');
      coordinator.control((dispatcher, now) => dispatcher.move(run.submitted.run, numericsClass, now));
    },
  ],
];

/**
 * A user who looks now and then: a run that says that it waits for workers of a class that may never come back is moved to the
 * class of the worker that does.
 */
export function lookAfterRuns(world: World): void {
  const { scheduler, coordinator, faults, runs, isCalm } = world;
  const [lasting] = CLASSES;
  scheduler.after(1000, () => lookAfterRuns(world));
  if (!isCalm()) return;
  for (const { submitted } of runs) {
    const { run } = submitted;
    const isStuck = coordinator.ask((dispatcher) => {
      const state = dispatcher.runs.get(run);
      const wanted = state?.pin?.pool ?? state?.submitted.pool ?? lasting;
      return state !== undefined && wanted !== lasting && dispatcher.waitsFor(state) !== '';
    });
    if (isStuck !== true) continue;
    faults.add('moved-from-vanished');
    coordinator.control((dispatcher, now) => dispatcher.move(run, lasting, now));
  }
}
