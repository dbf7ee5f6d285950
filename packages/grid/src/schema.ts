import { SYNTHETIC_KINDS } from '@oodgrid/datasets';
import { METHODS, type Method } from '@oodgrid/methods';
import { modelReferenceSchema } from '@oodgrid/models';
import { FAMILIES, protocols } from '@oodgrid/protocols';
import { REPORT_FORMATS } from '@oodgrid/report';
import { z } from 'zod';

const FORMATS = REPORT_FORMATS.map(({ name }) => name);

const arrayName = z.string().min(1).max(200);

/** Of bytes: (byte / 255 - mean) / std. `none`: the images are floats that the model takes as they are. */
const normalisationSchema = z.union([
  z.literal('none'),
  z.strictObject({
    mean: z.array(z.number()).min(1).max(16),
    std: z.array(z.number().positive()).min(1).max(16),
  }),
]);

const datasetName = z
  .string()
  .regex(/^[\w.-]{1,60}$/)
  .describe('a name of at most 60 letters, digits, ".", "_" and "-"');

const catalogSetSchema = z.string().min(1).describe("a data set's name");

const folderSchema = z.strictObject({
  name: datasetName.optional(),
  dir: z.string().min(1).describe('the path of a folder'),
  normalisation: normalisationSchema.optional(),
  /** Order of an image's axes in the file; told by the model's input where it is left out. */
  layout: z.enum(['hwc', 'chw']).optional(),
  /** Names of the arrays in the file, where they are not `images` and `labels`. */
  arrays: z.strictObject({ images: arrayName, labels: arrayName.optional() }).optional(),
});

/** Images made from a seed: drawn, or those of another set changed. They have no labels, so that they are OOD alone. */
const syntheticSchema = z
  .strictObject({
    name: datasetName.optional(),
    synthetic: z.enum(SYNTHETIC_KINDS.map(({ name }) => name)),
    /** The set whose test images are changed, of kinds that change some. */
    of: z.union([catalogSetSchema, folderSchema]).describe('a data set: a name or { dir: ... }').optional(),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0),
    /** Images; of a set that is changed the first so many, and all where it is left out. */
    count: z.number().int().min(1).max(10_000_000).optional(),
  })
  .describe('{synthetic: KIND}');
export type SyntheticReference = z.infer<typeof syntheticSchema>;

/** A data set by its catalog name, a folder of the user's, a synthetic one, or one that exists only as what models gave of it. */
const datasetReferenceSchema = z.union([
  catalogSetSchema,
  folderSchema,
  syntheticSchema,
  z
    .strictObject({
      name: datasetName,
      /** Every model of the grid brings values of it, and its labels. */
      images: z.literal('none'),
    })
    .describe('{name, images: none}'),
]);
export type DatasetReference = z.infer<typeof datasetReferenceSchema>;

/** A folder of the user's. */
export type FolderReference = Extract<DatasetReference, { readonly dir: string }>;

export const isFolder = (reference: DatasetReference): reference is FolderReference =>
  typeof reference !== 'string' && 'dir' in reference;

/** A set that exists only as what models gave of it. */
export const isImageless = (reference: DatasetReference): boolean =>
  typeof reference !== 'string' && 'images' in reference;

export const isSynthetic = (reference: DatasetReference): reference is SyntheticReference =>
  typeof reference !== 'string' && 'synthetic' in reference;

/** Key of the row in the table; the method's name unless two rows share one. */
const as = z
  .string()
  .regex(/^[\w.-]{1,60}$/)
  .describe('a name of at most 60 letters, digits, ".", "_" and "-"')
  .optional();

/** An entry of `methods`: the method's name, the row's, and the method's own options with their defaults. */
export interface GridMethod {
  readonly name: string;
  readonly as?: string | undefined;
  readonly [option: string]: unknown;
}

/** Fields of an entry that brings scores computed elsewhere. */
export const givenScoresShape = {
  as,
  scores: z.string().min(1).describe('the path of an npz or safetensors file with scores'),
};

/** One branch for each method, with its own keys only, and one for each of the `given` names, whose entries bring scores. */
export function gridMethodSchema(methods: readonly Method[], given: readonly string[]) {
  const [first, ...rest] = [
    ...methods.map(({ name, config }) => z.strictObject({ name: z.literal(name), as, ...config.shape })),
    ...given.map((name) => z.strictObject({ name: z.literal(name), ...givenScoresShape })),
  ];
  if (first === undefined) throw new RangeError('a grid needs a method to name');
  return z.discriminatedUnion('name', [first, ...rest]);
}

/** Key of a method's row in every table. */
export const rowKey = (method: GridMethod): string => method.as ?? method.name;

const label = z
  .string()
  .regex(/^[\w.-]{1,40}$/)
  .describe('a name of at most 40 letters, digits, ".", "_" and "-"');

/** Fields of a grid in front of `methods`. */
const before = {
  name: z
    .string()
    .regex(/^[\w.-]{1,80}$/)
    .describe('a name of at most 80 letters, digits, ".", "_" and "-"')
    .optional(),
  protocol: z.string(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(42),
  models: z.array(modelReferenceSchema).min(1),
  pairs: z
    .array(
      z.strictObject({
        id: datasetReferenceSchema,
        ood: datasetReferenceSchema,
        /** Results have the mean of each group of OOD sets. */
        group: label.optional(),
      }),
    )
    .min(1),
  /** What data settings are chosen on, where the protocol leaves it to the grid: `none`, `id`, or an OOD set. */
  chooseOn: z
    .union([z.enum(['none', 'id']), datasetReferenceSchema])
    .describe('none, id, or a data set: a name or { dir: ... }')
    .optional(),
  /** Covariate-shifted sets whose samples are ID test samples beside those of the ID set. */
  fullSpectrum: z.array(datasetReferenceSchema).min(1).max(100).optional(),
  /** Rows of their own, each the rank average of rows of the grid. */
  ensembles: z.record(label, z.array(z.string().min(1).max(200)).min(2).max(100)).optional(),
  /** Families of metrics beside the protocol's own. */
  measure: z
    .array(z.enum(FAMILIES.map(({ name }) => name)))
    .min(1)
    .optional(),
  /** Models of the grid that differ in nothing but the seed of their training, by what they are called together. */
  trainingSeeds: z.record(label, z.array(z.string().min(1).max(200)).min(1)).optional(),
};
/** Samples of a task, where the grid says nothing and the protocol's batch divides it. */
export const DEFAULT_SLICE = 2048;

/** Fields of a grid behind `methods`. */
const after = {
  outputs: z
    .strictObject({
      dir: z.string().min(1).describe('the path of a folder').default('runs'),
      formats: z.array(z.enum(FORMATS)).default(FORMATS),
    })
    .default({ dir: 'runs', formats: FORMATS }),
  options: z
    .strictObject({
      workers: z.number().int().min(1).max(1024).optional(),
      slice: z
        .number()
        .int()
        .min(1)
        .max(2 ** 24)
        .default(DEFAULT_SLICE),
      bootstrapReplicates: z.number().int().min(100).max(100_000).default(1000),
    })
    .default({ slice: DEFAULT_SLICE, bootstrapReplicates: 1000 }),
};

/** One grid.yaml, parsed: of the protocols that are known, these methods, and rows of these names that bring their scores. */
export function gridSchema(methods: readonly Method[] = METHODS, given: readonly string[] = []) {
  const known = protocols();
  return z.strictObject({
    ...before,
    protocol: z.enum(known.map(({ name }) => name)),
    methods: z
      .array(
        z.preprocess(
          (value) => (typeof value === 'string' ? { name: value } : value),
          gridMethodSchema(methods, given),
        ),
      )
      .min(1),
    // `wholeBatches` holds slices to the batch of the grid's own protocol.
    ...after,
  });
}

const parsed = z.object({ ...before, ...after });
export type Grid = z.infer<typeof parsed> & { readonly methods: readonly GridMethod[] };
