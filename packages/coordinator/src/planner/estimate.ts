import type { WorkCounts } from '@oodgrid/protocol';
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
  const extra = units.reduce((sum, unit) => sum + extraForwards(unit), 0);
  const gradients = units.reduce((sum, unit) => sum + unit.gradients, 0);
  return { images, forwards: images * (1 + extra), gradients: images * gradients };
}

const extraForwards = (unit: PlannedTask['units'][number]) =>
  unit.forwards === 1 && unit.gradients === 0 ? 0 : unit.forwards;

/** A unit with gradients has a column per setting and layer: each is a pass, a gradient and a pass. */
function plain({ from, to, units }: PlannedTask): WorkCounts {
  const images = to - from;
  const forwards = units.reduce(
    (sum, unit) => sum + (unit.gradients === 0 ? unit.forwards : 2 * unit.columns),
    0,
  );
  const gradients = units.reduce((sum, unit) => sum + (unit.gradients === 0 ? 0 : unit.columns), 0);
  return { images: images * units.length, forwards: images * forwards, gradients: images * gradients };
}
