import { lookAfterRuns } from './membership.js';
import { planMisfortunes } from './misfortunes.js';
import { CLASSES } from './numerics.js';
import { SimulatedClient } from './simulated-client.js';
import { tasksOf } from './simulated-run.js';
import { SimulatedWorker } from './simulated-worker.js';
import type { World } from './world.js';

/** Starts everything in a world that will go on by itself: coordinator, workers, clients, and what befalls them. */
export function boot(world: World): void {
  const { coordinator, queue, runs, id } = world;
  coordinator.start();
  startWorkers(world);
  startClients(world);
  const tasks = runs.reduce((sum, { submitted: { spec } }) => sum + tasksOf(spec), 0);
  // On offer or in hand; as many strays, and once more those of the turn in which there came to be too many.
  queue.limit(id, 3 * tasks + 12);
  planMisfortunes(world);
  lookAfterRuns(world);
}

function startWorkers(world: World): void {
  const { random, scheduler, rates, workers } = world;
  const count = random.integer(2, 4);
  for (let i = 0; i < count; i++) {
    const numericsClass = CLASSES[i > 0 && random.isTrue(0.3) ? 1 : 0];
    const worker = new SimulatedWorker(world, `w${i}`, random.integer(1, 3), numericsClass);
    // The first one is sound, and does everything where nobody else of its class can.
    worker.isBroken = i === 1 && numericsClass === CLASSES[0] && random.isTrue(rates.notFinite);
    workers.push(worker);
    scheduler.after(random.between(0, 300), () => worker.start());
  }
}

function startClients(world: World): void {
  const { random, scheduler, runs } = world;
  for (const [i, run] of runs.entries()) {
    const client = new SimulatedClient(run, world);
    scheduler.after(i === 0 ? 0 : random.between(0, 500), () => client.submit());
    client.watch();
  }
}
