import type { Results } from '@oodgrid/contract';
import { type ComparedTable, LEVEL } from '@oodgrid/report';
import { z } from 'zod';

const count = z.number().int().min(0);
/** log10 of a p, so that none is ever 0; null where there is no test, or p is exactly 0. */
const log10P = z.number().max(0).nullable();

const comparedRowSchema = z.object({
  method: z.string(),
  auroc: z.number(),
  /** AUROC of the row minus that of the best one on the samples that both have; null for the best, and where they share none. */
  difference: z.number().nullable(),
  p: z.number().nullable(),
  log10P,
  /** Adjusted by Holm for all pairs of rows of the table. */
  adjustedP: z.number().nullable(),
  adjustedLog10P: log10P,
  isLikeBest: z.boolean(),
  samplesId: count.nullable(),
  samplesOod: count.nullable(),
});

const meanHere = z.object({ mean: z.number(), sd: z.number() }).nullable();
/** In percent, as published; the standard deviation is null where there was one training seed. */
const publishedNumber = z.object({ mean: z.number(), sd: z.number().nullable() });
const beside = z.object({ here: meanHere, published: publishedNumber.nullable() });

const publishedTableSchema = z.object({
  benchmark: z.string(),
  network: z.string(),
  source: z.string(),
  id: z.string(),
  model: z.string(),
  seeds: count,
  accuracy: z.object({ here: meanHere, published: publishedNumber }),
  differences: z.array(z.string()).readonly(),
  rows: z
    .array(
      z.object({
        title: z.string(),
        method: z.string().nullable(),
        published: z.string().nullable(),
        near: beside,
        far: beside,
      }),
    )
    .readonly(),
});

export const compareReportSchema = z.object({
  run: z.string(),
  protocol: z.string(),
  /** Chance of a false difference in a table, at most. */
  level: z.number(),
  tables: z.array(
    z.object({
      id: z.string(),
      ood: z.string(),
      model: z.string(),
      best: z.string(),
      /** Pairs of rows that the adjustment counts. */
      family: count,
      rows: z.array(comparedRowSchema),
    }),
  ),
  /** With --published: means of groups beside published ones. */
  published: z.array(publishedTableSchema).exactOptional(),
});
export type CompareReport = z.infer<typeof compareReportSchema>;

export function compareReport({ run, protocol }: Results, tables: readonly ComparedTable[]): CompareReport {
  return {
    run: run.id,
    protocol: protocol.name,
    level: LEVEL,
    tables: tables.map(({ group: { id, ood, model }, best, family, rows }) => ({
      id,
      ood,
      model,
      best: best.method,
      family,
      rows: rows.map(({ cell, test, adjustedLog10P, isLikeBest }) => ({
        method: cell.method,
        auroc: cell.metrics.auroc?.estimate ?? Number.NaN,
        difference: test?.difference ?? null,
        p: test?.p ?? null,
        log10P: test?.log10P ?? null,
        adjustedP: adjustedLog10P === undefined ? null : 10 ** adjustedLog10P,
        adjustedLog10P: finiteOrNull(adjustedLog10P),
        isLikeBest,
        samplesId: test?.samplesId ?? null,
        samplesOod: test?.samplesOod ?? null,
      })),
    })),
  };
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
