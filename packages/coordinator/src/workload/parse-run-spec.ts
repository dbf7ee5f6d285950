import { digestSchema, OodError, visibleName, warningSchema } from '@oodgrid/protocol';
import { z } from 'zod';
import { type RunSpec, syntheticSpecSchema } from './run-spec.js';

const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);
const name = visibleName(200);
const numbers = z.array(z.number()).min(1).max(16);
const transform = z.object({ mean: numbers, std: numbers });
const modelSpec = z.object({
  name,
  architecture: z.enum(['lenet', 'resnet34-cifar']),
  weights: digestSchema,
  classes: z.number().int().min(2).max(100_000),
});
const split = z.object({
  ref: z.object({ name, images: digestSchema }),
  count,
  isUnlabelled: z.literal(true).optional(),
});
const methodPlan = z.object({
  compute: name,
  revision: count,
  options: z.record(z.string(), z.unknown()),
  splitOrder: z.enum(['file', 'permuted']),
  pass: z.enum(['forward', 'gradient']),
  fit: z.enum(['none', 'noise', 'train']),
  candidates: z.array(z.record(name, z.number())).max(10_000),
  fallbackCandidate: count,
  columns: z.array(name).min(1).max(1000),
  models: z.array(name).max(1000),
  cost: z.object({ forwards: z.number().min(0), gradients: z.number().min(0) }),
});

const gridSpec = z.object({
  kind: z.literal('grid'),
  slice: z
    .number()
    .int()
    .min(1)
    .max(2 ** 24),
  grid: z.object({
    name,
    protocol: z.literal('fssd-paper'),
    seed: count,
    bootstrapReplicates: z.number().int().min(0).max(1_000_000),
    models: z.array(modelSpec).min(1).max(1000),
    auxiliaryModels: z.array(modelSpec).max(1000),
    datasets: z
      .array(z.object({ name, test: split, train: split.optional(), normalisation: transform.optional() }))
      .min(1)
      .max(1000),
    pairs: z
      .array(z.object({ id: name, ood: name }))
      .min(1)
      .max(10_000),
    rows: z
      .array(
        z.object({
          row: name,
          title: name,
          plans: z.record(z.string(), methodPlan),
          noise: z.object({ blob: digestSchema, count }).nullable(),
        }),
      )
      .min(1)
      .max(1000),
    memoryBytes: z.record(z.string(), z.number().min(0)),
    cardAccuracies: z.record(z.string(), z.number().min(0).max(1)).optional(),
    warnings: z.array(warningSchema).max(10_000).optional(),
  }),
});

const runSpec = z.discriminatedUnion('kind', [gridSpec, syntheticSpecSchema]);

/** What a client wants computed; throws `invalid-input` for what is no run specification. */
export function parseRunSpec(json: Uint8Array): RunSpec {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new OodError('invalid-input', `the run specification is no JSON: ${OodError.from(cause).message}`, {
      cause,
    });
  }
  const parsed = runSpec.safeParse(value);
  if (!parsed.success) {
    throw new OodError(
      'invalid-input',
      `the run specification does not fit: ${z.prettifyError(parsed.error)}`,
    );
  }
  // The same fields, only that zod says `undefined` where the type says absent.
  return parsed.data as RunSpec;
}
