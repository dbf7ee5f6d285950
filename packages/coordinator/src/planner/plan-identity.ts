import { createHash } from 'node:crypto';
import type { Plan } from './plan.js';

/**
 * Bumped when something that a journal says of a plan's tasks comes to mean something else and the units do not show it, as
 * the way in which they get their cache keys.
 */
const PLANNER_REVISION = 1;

/** Identity of the numbering of a plan's tasks: a journal written under one plan can be followed by another of the same identity. */
export function planIdentity({ tasks }: Pick<Plan, 'tasks'>): string {
  // A unit's id is a digest of all that it computes and builds on, choices included.
  const hash = createHash('sha256');
  for (const { units } of tasks) hash.update(`${units.map(({ id }) => id).join(' ')}\n`);
  return `${PLANNER_REVISION}-${hash.digest('hex')}`;
}
