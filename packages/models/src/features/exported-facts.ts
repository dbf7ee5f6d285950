import { type ModelFacts, OodError } from '@oodgrid/contract';
import type { HeadValues } from './head-file.js';
import { FEATURES, LOGITS, type SplitValues } from './split-file.js';

const FLOAT_BYTES = 4;

/**
 * Returns the facts about a network that its exported taps of one split show. Throws `corrupt-data` where the head does not fit, and where nothing says what
 * the logits are.
 */
export function factsOfValues(
  name: string,
  { path, taps }: SplitValues,
  head: HeadValues | undefined,
): ModelFacts {
  const width = (key: string) => taps.find((tap) => tap.name === key)?.shape[1];
  const [features, logits] = [width(FEATURES), width(LOGITS)];
  const classes = logits ?? head?.classes;
  if (classes === undefined)
    throw new OodError('corrupt-data', `${path}: there are no "logits", and no head that gives them`);
  for (const [key, found, wanted] of [
    [FEATURES, features, head?.features],
    [LOGITS, logits, head?.classes],
  ] as const) {
    if (found !== undefined && wanted !== undefined && found !== wanted)
      throw new OodError(
        'corrupt-data',
        `${path}: a row of "${key}" has ${found} numbers, the weight of the head is [${head?.classes}, ${head?.features}]`,
      );
  }
  const names = [...new Set([...taps.map((tap) => tap.name), LOGITS])];
  const perSample = taps.reduce((sum, { shape, data }) => sum + data.length / (shape[0] ?? 1), classes);
  return {
    name,
    architecture: 'features',
    classes,
    input: null,
    taps: names,
    layers: names,
    penultimate: FEATURES,
    features: features ?? 0,
    logits: LOGITS,
    offers: { head: head !== undefined && features !== undefined, gradient: false, dropout: false },
    dropoutTap: null,
    memory: {
      weightBytes: FLOAT_BYTES * (head === undefined ? 0 : head.weight.length + head.bias.length),
      activationBytesPerImage: FLOAT_BYTES * perSample,
    },
  };
}

/** Throws `corrupt-data` where a split has other taps than another one of the same model, or taps of another size. */
export function requireSameTaps(values: SplitValues, example: SplitValues): void {
  const text = ({ taps }: SplitValues) =>
    taps.map(({ name, shape }) => `"${name}" [${['n', ...shape.slice(1)].join(', ')}]`).join(', ');
  if (text(values) === text(example)) return;
  throw new OodError(
    'corrupt-data',
    `${values.path} has ${text(values)}, but ${example.path} of the same model has ${text(example)}`,
  );
}
