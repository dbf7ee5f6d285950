import { digestSchema } from '@oodgrid/contract';
import { z } from 'zod';

/** Settings that the control process passes to an executor in the variable OODGRID_EXECUTOR. */
export const executorSettingsSchema = z.object({
  blobsDir: z.string().min(1),
  cacheDir: z.string().min(1),
  /** `none` computes synthetic tasks only. */
  engine: z.enum(['native', 'wasm', 'none']),
  /** Methods of users' modules that it computes beside the catalog's, each as the command has read it. */
  methods: z.array(z.object({ url: z.url(), digest: digestSchema })).default([]),
  /** URLs of modules with sources of models; of local runs only. */
  modelSources: z.array(z.string()).readonly().exactOptional(),
});
export type ExecutorSettings = z.input<typeof executorSettingsSchema>;
