import { z } from 'zod';

/** Softmax temperatures that logits are divided by, and the sweep over those that a grid names. */
const temperature = z.number().min(1e-3).max(1e6);
export const temperaturesOption = z
  .array(temperature)
  .min(1)
  .max(100)
  .default([1])
  .meta({ title: 'temperatures T to choose from' });
export const temperatureSweep = ({ temperatures }: { readonly temperatures: readonly number[] }) => ({
  settings: temperatures.map((temperature) => ({ temperature })),
  fallback: 0,
});
export const temperatureSetting = z.object({ temperature: z.number() });
