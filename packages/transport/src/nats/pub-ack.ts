import { z } from 'zod';

/** JetStream's answer to a publication (`PubAck`): a refusal has `error` instead, and no number. */
const pubAckSchema = z.object({
  stream: z.string().min(1),
  seq: z.number().int().min(1),
  error: z.undefined().optional(),
});

/** Whether a stream has stored a publication, or had it before. False for a refusal, and for what is no answer to one. */
export function isStored(answer: string): boolean {
  try {
    return pubAckSchema.safeParse(JSON.parse(answer)).success;
  } catch {
    return false;
  }
}
