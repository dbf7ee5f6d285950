import { type ModelSpec, OodError, type ResultWarning } from '@oodgrid/contract';

/** Share of samples of one label above which a test set says little about the other classes. */
const DOMINANT = 0.8;
const MAX_NAMED = 5;

/** Refuses labels that are no classes of a model, with the first of them and the way out. */
export function requireLabelsFit(
  name: string,
  split: 'test' | 'train',
  labels: Uint8Array | Int32Array,
  models: readonly Pick<ModelSpec, 'name' | 'classes'>[],
): void {
  for (const model of models) {
    const bad = labels.findIndex((label: number) => label < 0 || label >= model.classes);
    if (bad < 0) continue;
    const startsAtOne = labels.every((label) => label >= 1 && label <= model.classes);
    throw new OodError(
      'invalid-input',
      `the ${split} set of "${name}" has label ${labels[bad]} at index ${bad}, but model "${model.name}" has classes 0 to ${model.classes - 1}: ${startsAtOne ? 'the labels start at 1; subtract 1 from all of them' : 'labels are positions of the classes in the last layer, counted from 0'}`,
    );
  }
}

/** Refuses a train set without a sample of some class of a model, for the entry of the grid that needs one of each. */
export function requireEveryClass(
  name: string,
  labels: Uint8Array | Int32Array,
  models: readonly Pick<ModelSpec, 'name' | 'classes'>[],
  entry: string,
): void {
  const counts = countsOf(labels);
  for (const model of models) {
    const missing = Array.from({ length: model.classes }, (_, label) => label).find(
      (label) => !counts.has(label),
    );
    if (missing === undefined) continue;
    throw new OodError(
      'invalid-input',
      `${entry} needs a train sample of every class, but the train set of "${name}" has none of class ${missing}, of ${model.classes} that model "${model.name}" has; give such samples, or take the method out`,
    );
  }
}

/** No labels in an ID test set, classes without a sample, or a class that has nearly all. */
export function labelWarnings(
  id: string,
  labels: Uint8Array | Int32Array | null,
  models: readonly Pick<ModelSpec, 'classes'>[],
): ResultWarning[] {
  const place = { id, split: 'test' } as const;
  if (labels === null) {
    const message = `the test set of "${id}" has no labels: how well models classify it is not measured`;
    return [{ code: 'labels-missing', severity: 'notice', message, place }];
  }
  const counts = countsOf(labels);
  const classes = Math.max(...models.map((model) => model.classes));
  const missing = Array.from({ length: classes }, (_, label) => label).filter((label) => !counts.has(label));
  const [label, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  const warnings: ResultWarning[] = [];
  if (missing.length > 0) {
    const named = `${missing.slice(0, MAX_NAMED).join(', ')}${missing.length > MAX_NAMED ? ', ...' : ''}`;
    const message = `the test set of "${id}" has no sample of ${missing.length} of the ${classes} classes (${named}): accuracy and detection are measured on the others`;
    warnings.push({ code: 'class-missing', severity: 'notice', message, place, count: missing.length });
  }
  if (most > DOMINANT * labels.length) {
    const message = `${most} of the ${labels.length} test samples of "${id}" have label ${label}: the numbers are mostly about that class`;
    warnings.push({ code: 'class-imbalance', severity: 'serious', message, place, count: most });
  }
  return warnings;
}

function countsOf(labels: Uint8Array | Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
