import type { WorkCounts } from '@oodgrid/contract';
import type { Plan, PlannedTask } from './plan.js';

/** Passes that a plan will do, and that one script per setting would do, counted in images. */
export interface Estimate {
  readonly work: WorkCounts;
  /** Every setting on its own: a pass, a gradient and a pass; every method loads and runs every image itself. */
  readonly plain: WorkCounts;
}

/** `reused`: ids of units that need not be computed. */
export function estimate(tasks: Plan['tasks'], reused: ReadonlySet<string>): Estimate {
  const computed = tasks
    .map((task) => ({ ...task, units: task.units.filter(({ id }) => !reused.has(id)) }))
    .filter(({ units }) => units.length > 0);
  return { work: computed.map(shared).reduce(add, ZERO), plain: tasks.map(plain).reduce(add, ZERO) };
}

const ZERO: WorkCounts = { images: 0, forwards: 0, gradients: 0 };

function add(a: WorkCounts, b: WorkCounts): WorkCounts {
  return {
    images: a.images + b.images,
    forwards: a.forwards + b.forwards,
    gradients: a.gradients + b.gradients,
  };
}

/** One shared pass, and what each unit adds to it. */
export function shared({ from, to, units }: PlannedTask): WorkCounts {
  const images = to - from;
  const forwards = units.reduce((sum, unit) => sum + unit.forwards, 0);
  const gradients = units.reduce((sum, unit) => sum + unit.gradients, 0);
  return { images, forwards: images * (1 + forwards), gradients: images * gradients };
}

/** A column that moves its input is a pass, a gradient and a pass; a setting that does not is a pass, or its stochastic ones. */
function plain({ from, to, units }: PlannedTask): WorkCounts {
  const images = to - from;
  const forwards = units.reduce(
    (sum, unit) => sum + (unit.gradients > 0 ? 2 * unit.columns : Math.max(unit.forwards, settings(unit))),
    0,
  );
  const gradients = units.reduce((sum, unit) => sum + (unit.gradients === 0 ? 0 : unit.columns), 0);
  return { images: images * units.length, forwards: images * forwards, gradients: images * gradients };
}

const settings = ({ candidates }: PlannedTask['units'][number]): number =>
  candidates.kind === 'listed' ? Math.max(1, candidates.list.length) : 1;
