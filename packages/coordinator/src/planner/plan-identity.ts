import { createHash } from 'node:crypto';
import type { Plan } from './plan.js';

/**
 * Bumped when something that a journal says of a plan's tasks comes to mean something else and the units do not show it, as
 * the way in which they get their cache keys.
 */
const PLANNER_REVISION = 1;

/** What the numbers of a plan's tasks stand for: two plans of one identity can be journalled by one and followed by the other. */
export function planIdentity({ tasks }: Pick<Plan, 'tasks'>): string {
  // A unit's id is a digest of all that it computes and builds on, choices included.
  const hash = createHash('sha256');
  for (const { units } of tasks) hash.update(`${units.map(({ id }) => id).join(' ')}\n`);
  return `${PLANNER_REVISION}-${hash.digest('hex')}`;
}
