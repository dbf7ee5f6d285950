import { z } from 'zod';
import { visibleName } from './visible-name.js';

const name = visibleName(200);

/**
 * What data settings are chosen on: `none` (each method has its own), `id` (samples of the ID set that are classified wrongly stand for OOD
 * ones), or an OOD set beside samples of the ID set.
 */
export const chosenOnSchema = z.union([z.enum(['none', 'id']), z.object({ ood: name })]);
export type ChosenOn = Readonly<z.infer<typeof chosenOnSchema>>;

/** Models that differ in nothing but the seed of their training, and what they are called together. */
export const trainingSeedsSchema = z.object({ name, models: z.array(name).min(1).max(1000) });
export type TrainingSeeds = Readonly<z.infer<typeof trainingSeedsSchema>>;

/** An OOD set as a member of a group of a pair's ID set: `near`, `far`. */
export const groupMemberSchema = z.object({ id: name, ood: name, group: name });
export type GroupMember = Readonly<z.infer<typeof groupMemberSchema>>;
