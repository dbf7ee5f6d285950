import { z } from 'zod';

/** Step sizes of the paper's sweep for ODIN and FSSD, in its order: ties go to the first. */
export const PAPER_MAGNITUDES = [
  0.2, 0.18, 0.16, 0.14, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02, 0.01, 0.008, 0.006, 0.004, 0.002, 0.001, 0.0008,
  0.0006, 0.0004, 0.0002, 0.0001, 0,
];

/** The option of every method that moves its input. */
export const magnitudesOption = (fallback: number[]) =>
  z
    .array(z.number().min(0).max(10))
    .min(1)
    .max(1000)
    .default(fallback)
    .meta({ title: 'step sizes to choose from, in the order in which ties are won' });
