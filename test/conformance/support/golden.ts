import { z } from 'zod';
import { referenceJson } from './reference.js';

const metrics = z.object({
  auroc: z.number(),
  auin: z.number(),
  auout: z.number(),
  detacc: z.number(),
  fpr95: z.number(),
  fpr80: z.number(),
});
const fit = z.object({
  C: z.number(),
  coef: z.array(z.number()),
  intercept: z.number(),
  test: metrics,
  select: metrics,
});
const method = z.object({
  magnitude: z.number().optional(),
  temperature: z.number().optional(),
  sweep: z.array(z.array(z.number())).optional(),
  converged: fit,
});
const golden = z.object({ methods: z.record(z.string(), method) });

/** Values of the paper's own code on our weights, with its regression solved to convergence. */
export const goldenOf = (file: 'golden.json' | 'golden-mnist-10k.json') =>
  golden.parse(referenceJson(file)).methods;
