import { z } from 'zod';

export const checkSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'problem']),
  detail: z.string(),
  /** What to do; empty when all is well. */
  fix: z.string(),
});
export type Check = z.infer<typeof checkSchema>;

export const ok = (name: string, detail: string): Check => ({ name, state: 'ok', detail, fix: '' });
export const warning = (name: string, detail: string, fix: string): Check => ({
  name,
  state: 'warning',
  detail,
  fix,
});
export const problem = (name: string, detail: string, fix: string): Check => ({
  name,
  state: 'problem',
  detail,
  fix,
});
