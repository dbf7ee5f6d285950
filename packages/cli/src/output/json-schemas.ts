import { ERROR_CODES, resultsSchema } from '@oodgrid/contract';
import { gridJsonSchema } from '@oodgrid/grid';
import { z } from 'zod';
import { checkSchema } from '../doctor/check.js';
import { methodEntrySchema, modelEntrySchema, modelReportSchema } from './catalog-entries.js';
import { runSummarySchema, taskDetailSchema, workerSummarySchema } from './cluster-reports.js';
import { compareReportSchema } from './compare-report.js';
import { dataEntrySchema } from './data-report.js';
import { planReportSchema } from './plan-report.js';
import { tokenEntrySchema } from './token-report.js';

/** Output of a command with --json when it fails. */
const errorOutputSchema = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }),
});

const datasets = z.object({ datasets: z.array(dataEntrySchema) });

const oneRun = z.object({ run: runSummarySchema });
const count = z.number().int().min(0);

/** Schema of the --json output of each command, by its name. */
export const OUTPUT_SCHEMAS = {
  submit: z.union([resultsSchema, z.object({ run: z.string() })]),
  score: resultsSchema,
  init: z.object({ grid: z.string() }),
  compare: compareReportSchema,
  plan: planReportSchema,
  doctor: z.object({ checks: z.array(checkSchema) }),
  'data list': datasets,
  'data pull': datasets,
  'data verify': datasets,
  'models list': z.object({ models: z.array(modelEntrySchema) }),
  'models show': modelReportSchema,
  'methods list': z.object({ methods: z.array(methodEntrySchema) }),
  'methods show': methodEntrySchema,
  runs: z.object({ runs: z.array(runSummarySchema) }),
  show: z.object({ run: runSummarySchema, tasks: z.array(taskDetailSchema) }),
  watch: oneRun,
  cancel: oneRun,
  move: oneRun,
  pause: oneRun,
  resume: oneRun,
  retry: z.object({ run: runSummarySchema, tasks: count }),
  workers: z.object({ workers: z.array(workerSummarySchema), counters: z.record(z.string(), count) }),
  'nats config': z.object({
    /** File of the server's configuration. */
    config: z.string(),
    users: z.array(z.object({ title: z.string(), seed: z.string(), publicKey: z.string() })),
  }),
  'token create': z.object({ token: z.string().optional(), summary: tokenEntrySchema }),
  'token list': z.object({ tokens: z.array(tokenEntrySchema) }),
  'token revoke': z.object({ token: tokenEntrySchema }),
  drain: z.object({ drained: z.string() }),
  logs: z.object({ lines: z.array(z.string()) }),
  backup: z.object({
    at: z.iso.datetime(),
    databaseBytes: count,
    blobs: count,
    blobBytes: count,
    /** Blobs of the store that are damaged. */
    lost: z.array(z.string()),
  }),
  restore: z.object({
    /** The moment that the store is of now. */
    at: z.iso.datetime(),
    blobs: count,
    blobBytes: count,
    lost: z.array(z.string()),
  }),
  'k8s doctor': z.object({ checks: z.array(checkSchema) }),
  'slurm script': z.object({ script: z.string() }),
  'slurm submit': z.object({ job: z.string(), script: z.string() }),
  gc: z.object({
    /** Runs that went, or would go. */
    runs: count,
    removed: z.array(z.string()),
    /** Old enough, and kept: nobody has fetched their results. */
    unfetched: z.array(z.string()),
    blobs: count,
    bytes: count,
    /** Nothing was removed. */
    isPreview: z.boolean(),
  }),
} as const;

/** Every schema file of the project, by name: the grid, each command's output, and errors. */
export function schemaFiles(): ReadonlyMap<string, unknown> {
  const outputs = Object.entries(OUTPUT_SCHEMAS).map(
    ([command, schema]) => [`${command.replace(' ', '-')}.output`, z.toJSONSchema(schema)] as const,
  );
  return new Map<string, unknown>([
    ['grid', gridJsonSchema()],
    ['error.output', z.toJSONSchema(errorOutputSchema)],
    ...outputs,
  ]);
}
