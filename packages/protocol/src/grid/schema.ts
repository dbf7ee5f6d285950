import { z } from 'zod';
import { gridMethodSchema, modelReferenceSchema } from './methods.js';

const arrayName = z.string().min(1).max(200);

/** Of bytes: (byte / 255 - mean) / std. `none`: the images are floats that the model takes as they are. */
const normalisationSchema = z.union([
  z.literal('none'),
  z.strictObject({
    mean: z.array(z.number()).min(1).max(16),
    std: z.array(z.number().positive()).min(1).max(16),
  }),
]);

/** A data set by its catalog name, or a folder of the user's. */
const datasetReferenceSchema = z.union([
  z.string().min(1).describe("a data set's name"),
  z.strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,60}$/)
      .describe('a name of at most 60 letters, digits, ".", "_" and "-"')
      .optional(),
    dir: z.string().min(1).describe('the path of a folder'),
    normalisation: normalisationSchema.optional(),
    /** Order of an image's axes in the file; told by the model's input where it is left out. */
    layout: z.enum(['hwc', 'chw']).optional(),
    /** Names of the arrays in the file, where they are not `images` and `labels`. */
    arrays: z.strictObject({ images: arrayName, labels: arrayName.optional() }).optional(),
  }),
]);
export type DatasetReference = z.infer<typeof datasetReferenceSchema>;

/** One grid.yaml, parsed. */
export const gridSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,80}$/)
    .describe('a name of at most 80 letters, digits, ".", "_" and "-"')
    .optional(),
  protocol: z.enum(['fssd-paper']),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(42),
  models: z.array(modelReferenceSchema).min(1),
  pairs: z.array(z.strictObject({ id: datasetReferenceSchema, ood: datasetReferenceSchema })).min(1),
  methods: z
    .array(z.preprocess((value) => (typeof value === 'string' ? { name: value } : value), gridMethodSchema))
    .min(1),
  outputs: z
    .strictObject({
      dir: z.string().min(1).describe('the path of a folder').default('runs'),
      formats: z
        .array(z.enum(['csv', 'markdown', 'latex', 'html']))
        .default(['csv', 'markdown', 'latex', 'html']),
    })
    .default({ dir: 'runs', formats: ['csv', 'markdown', 'latex', 'html'] }),
  options: z
    .strictObject({
      workers: z.number().int().min(1).max(1024).optional(),
      slice: z.number().int().multipleOf(512).min(512).default(2048),
      bootstrapReplicates: z.number().int().min(100).max(100_000).default(1000),
    })
    .default({ slice: 2048, bootstrapReplicates: 1000 }),
});
export type Grid = z.infer<typeof gridSchema>;
