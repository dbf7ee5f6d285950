import { z } from 'zod';

/** Rows once named a blob of noise images, which was no data set, and fits on it were `noise`. */
const formerRowSchema = z.looseObject({
  noise: z.object({ blob: z.string(), count: z.number() }).nullable(),
  plans: z.record(z.string(), z.looseObject({ fit: z.unknown() })),
});

const formerSpecSchema = z.looseObject({
  kind: z.literal('grid'),
  grid: z.looseObject({ rows: z.array(formerRowSchema) }),
});

/** A run's specification that a former version of this program wrote, as this one reads it; others as they are. */
export function presentSpec(spec: unknown): unknown {
  const former = formerSpecSchema.safeParse(spec);
  if (!former.success) return spec;
  const { grid, ...rest } = former.data;
  return { ...rest, grid: { ...grid, rows: grid.rows.map(presentRow) } };
}

function presentRow({ noise, plans, ...rest }: z.output<typeof formerRowSchema>) {
  return {
    ...rest,
    plans: Object.fromEntries(Object.entries(plans).map(([model, plan]) => [model, presentPlan(plan)])),
    fitSet: noise === null ? null : { ref: { name: 'noise', images: noise.blob }, count: noise.count },
  };
}

const presentPlan = (plan: { readonly fit: unknown }) =>
  plan.fit === 'noise' ? { ...plan, fit: { offset: 127.5 } } : plan;
