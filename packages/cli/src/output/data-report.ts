import { OodError } from '@oodgrid/contract';
import type { Dataset, DatasetState } from '@oodgrid/datasets';
import { z } from 'zod';

export const dataEntrySchema = z.object({
  name: z.string(),
  title: z.string(),
  split: z.enum(['test', 'train']),
  count: z.number().int(),
  shape: z.array(z.number().int()),
  classes: z.number().int(),
  state: z.enum(['present', 'absent', 'corrupt']),
  path: z.string(),
});
export type DataEntry = z.infer<typeof dataEntrySchema>;

export function dataEntry(
  { name, title, input, classes, splits }: Dataset,
  split: 'test' | 'train',
  { state, path }: DatasetState,
): DataEntry {
  const facts = splits[split];
  if (facts === undefined) throw new OodError('internal', `data set "${name}" has no ${split} split`);
  return { name, title, split, count: facts.count, shape: [...input], classes, state, path };
}
