import { type LeaseRef, WIRE_VERSION } from '@oodgrid/transport';
import type { SimulatedLink } from './links.js';
import { CLASSES } from './numerics.js';
import { Violation } from './violation.js';
import type { World } from './world.js';

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };
const PLACES = 1;

/**
 * A peer that says whatever suits it: it claims the leases of others, hands in results for them that are wrong, and asks for
 * more tasks than it has places. It computes nothing.
 */
export function befallByImpostor(world: World): void {
  const { faults, random, scheduler, coordinator } = world;
  const leases = coordinator.ask(({ runs, ledger }) =>
    [...runs.values()].flatMap((run) =>
      [...(ledger.run(run.id)?.leases.values() ?? [])].flat().map(({ task, attempt, token }) => ({
        lease: { run: run.id, task, attempt, token },
        bound: run.bind(task),
      })),
    ),
  );
  if (leases === undefined) return;
  faults.add('impostor');
  // What it is given itself it never hands in: each has a name of its own.
  const workerId = `impostor-${world.processes++}`;
  const engine = { kind: 'none', version: '1', device: 'cpu' };
  const about = { engine, host: 'elsewhere', pid: 2, slots: PLACES, memoryBytes: 1 };
  const worker = { workerId, incarnation: 'i', numericsClass: CLASSES[0], ...about };
  const held = leases.map(({ lease }) => lease);
  const said = { protocol: WIRE_VERSION, worker, proof: workerId, held, nextSequence: 1 };
  const granted: LeaseRef[] = [];
  const link: SimulatedLink = coordinator.links.connect(said, {
    receive: (message) => {
      if (message.kind === 'granted') {
        // An earlier one may have expired, or its run may have moved.
        granted.push(message.lease);
        const live = granted.filter((lease) => world.isLive(lease)).length;
        if (live > PLACES) throw new Violation(`a worker of ${PLACES} place has ${live} leases`);
      }
      if (message.kind !== 'registered') return;
      link.send({ kind: 'heartbeat', leases: held, doing: '', trouble: '' });
      let sequence = 0;
      for (const { lease, bound } of leases) {
        const [unit] = bound.units;
        if (unit === undefined) continue;
        const { rows } = bound;
        const data = new Float32Array(rows).fill(-7);
        const chunk = {
          kind: 'chunk',
          ...lease,
          key: unit.key,
          offsetRows: 0,
          rows,
          columns: 1,
          data,
        } as const;
        link.send({ kind: 'reliable', sequence: ++sequence, message: chunk });
        const done = { kind: 'done', ...lease, work: NO_WORK, seconds: 1 } as const;
        link.send({ kind: 'reliable', sequence: ++sequence, message: done });
      }
      for (const { submitted } of world.runs) {
        for (let task = 0; task < 4; task++) {
          const hint = { run: submitted.run, task };
          link.send({ kind: 'lease-request', requestId: task + 1, hint });
        }
      }
    },
    closed: () => undefined,
  });
  scheduler.after(random.between(50, 1500), () => link.cut());
}
