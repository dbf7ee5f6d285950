import { z } from 'zod';

/** Noise images to fit on. `paper`: those of the paper's run; a seed: numpy's uniform bytes. */
export const noiseSchema = z.union([
  z.literal('paper'),
  z.strictObject({ npz: z.string().min(1).describe('the path of an npz file') }),
  z.strictObject({
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  }),
]);
export type NoiseReference = z.infer<typeof noiseSchema>;
