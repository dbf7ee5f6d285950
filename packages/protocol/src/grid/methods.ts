import { z } from 'zod';
import { visibleName } from '../visible-name.js';

/** Step sizes of the paper's sweep for ODIN and FSSD, in its order: ties go to the first. */
const PAPER_MAGNITUDES = [
  0.2, 0.18, 0.16, 0.14, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02, 0.01, 0.008, 0.006, 0.004, 0.002, 0.001, 0.0008,
  0.0006, 0.0004, 0.0002, 0.0001, 0,
];
const MAHALANOBIS_MAGNITUDES = [
  0.02, 0.015, 0.01, 0.009, 0.008, 0.007, 0.006, 0.005, 0.004, 0.003, 0.002, 0.0014, 0.001, 0.0005,
];

const magnitudes = (fallback: number[]) =>
  z.array(z.number().min(0).max(10)).min(1).max(1000).default(fallback);
const temperature = z.number().positive().max(1e6);

/** A model by its catalog name, by the name of an entry of `models`, or by its own weights. */
export const modelReferenceSchema = z.union([
  z.string().min(1).describe("a model's name"),
  z.strictObject({
    name: visibleName(200),
    architecture: z.enum(['lenet', 'resnet34-cifar']),
    weights: z.string().min(1).describe('the path of a safetensors file'),
    classes: z.number().int().min(2).max(100_000).default(10),
  }),
]);
export type ModelReference = z.infer<typeof modelReferenceSchema>;

const noiseSchema = z.union([
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

/** Key of the row in the table; the method's name unless two rows share one. */
const as = z
  .string()
  .regex(/^[\w.-]{1,60}$/)
  .describe('a name of at most 60 letters, digits, ".", "_" and "-"')
  .optional();

/** Options of every method, with the paper's values as defaults. */
export const gridMethodSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('baseline'), as }),
  z.strictObject({
    name: z.literal('odin'),
    as,
    magnitudes: magnitudes(PAPER_MAGNITUDES),
    temperatures: z.array(temperature).min(1).max(100).default([1, 10, 100, 1000]),
  }),
  z.strictObject({ name: z.literal('mahalanobis'), as, magnitudes: magnitudes(MAHALANOBIS_MAGNITUDES) }),
  z.strictObject({
    name: z.literal('deep-ensemble'),
    as,
    members: z.array(modelReferenceSchema).min(2).max(100),
  }),
  z.strictObject({
    name: z.literal('mc-dropout'),
    as,
    passes: z.number().int().min(1).max(10_000).default(32),
  }),
  z.strictObject({ name: z.literal('outlier-exposure'), as, model: modelReferenceSchema }),
  z.strictObject({
    name: z.literal('fssd'),
    as,
    preprocessing: z.boolean().default(true),
    magnitudes: magnitudes(PAPER_MAGNITUDES),
    noise: noiseSchema.default('paper'),
  }),
]);
export type GridMethod = z.infer<typeof gridMethodSchema>;
export type GridMethodName = GridMethod['name'];

export const METHOD_NAMES: readonly GridMethodName[] = [
  'baseline',
  'odin',
  'mahalanobis',
  'deep-ensemble',
  'mc-dropout',
  'outlier-exposure',
  'fssd',
];

/** Key of a method's row in every table. */
export const rowKey = (method: GridMethod): string => method.as ?? method.name;
