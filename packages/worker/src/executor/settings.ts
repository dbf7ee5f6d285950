import { z } from 'zod';

/** What the control process passes to an executor in the variable OODGRID_EXECUTOR. */
export const executorSettingsSchema = z.object({
  blobsDir: z.string().min(1),
  cacheDir: z.string().min(1),
  /** `none` computes synthetic tasks only. */
  engine: z.enum(['native', 'wasm', 'none']),
});
export type ExecutorSettings = z.infer<typeof executorSettingsSchema>;
