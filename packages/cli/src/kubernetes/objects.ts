import { z } from 'zod';

const conditionsSchema = z
  .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default('') }))
  .default([]);
const endSchema = z.looseObject({ exitCode: z.number(), reason: z.string().default('') });
const containerStatusSchema = z.looseObject({
  name: z.string(),
  restartCount: z.number().default(0),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().default(''), message: z.string().default('') }).optional(),
    })
    .default({}),
  lastState: z.looseObject({ terminated: endSchema.optional() }).default({}),
});

/** The fields that every object has; the schema of its kind reads the others. */
export const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    generation: z.number().default(0),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.number().default(0),
  }),
});
export type KubernetesObject = z.infer<typeof objectSchema>;

export const podSchema = objectSchema.extend({
  kind: z.literal('Pod'),
  spec: z.looseObject({ nodeName: z.string().default('') }).default({ nodeName: '' }),
  status: z.looseObject({
    phase: z.string().default('Pending'),
    conditions: conditionsSchema,
    containerStatuses: z.array(containerStatusSchema).default([]),
  }),
});

export const workloadSchema = objectSchema.extend({
  kind: z.enum(['StatefulSet', 'Deployment', 'Job']),
  spec: z.looseObject({
    replicas: z.number().default(1),
    suspend: z.boolean().default(false),
    template: z.looseObject({
      spec: z.looseObject({
        volumes: z
          .array(
            z.looseObject({
              secret: z
                .looseObject({ secretName: z.string(), optional: z.boolean().default(false) })
                .optional(),
            }),
          )
          .default([]),
      }),
    }),
  }),
  status: z
    .looseObject({
      observedGeneration: z.number().optional(),
      readyReplicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      conditions: conditionsSchema,
    })
    .default({ readyReplicas: 0, updatedReplicas: 0, conditions: [] }),
});

export const claimSchema = objectSchema.extend({
  kind: z.literal('PersistentVolumeClaim'),
  spec: z.looseObject({ storageClassName: z.string().optional() }),
  status: z.looseObject({ phase: z.string().default('Pending') }).default({ phase: 'Pending' }),
});

export const serviceSchema = objectSchema.extend({ kind: z.literal('Service') });

export const sliceSchema = objectSchema.extend({
  kind: z.literal('EndpointSlice'),
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z.looseObject({ ready: z.boolean().default(true) }).default({ ready: true }),
      }),
    )
    .nullish(),
});

export const policySchema = objectSchema.extend({ kind: z.literal('NetworkPolicy') });

/** Objects of others that say by a condition whether they are ready. */
export const conditionedSchema = objectSchema.extend({
  kind: z.enum(['Certificate', 'ScaledObject', 'HorizontalPodAutoscaler']),
  status: z.looseObject({ conditions: conditionsSchema }).default({ conditions: [] }),
});

export const eventSchema = objectSchema.extend({
  kind: z.literal('Event'),
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  involvedObject: z.looseObject({ kind: z.string().default(''), name: z.string().default('') }),
});
