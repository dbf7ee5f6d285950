import { basename, relative, resolve } from 'node:path';
import { type ModelFacts, OodError, visibleName } from '@oodgrid/contract';
import { readRegularFile } from '@oodgrid/formats';
import { METHODS, type Method, planMethod } from '@oodgrid/methods';
import { findModelSource, resolveModel, type SplitFiles } from '@oodgrid/models';
import { type FeatureFiles, ID } from './feature-files.js';

/** What a grid may be called; a model may be called more. */
const GRID_NAME = /^[A-Za-z_][\w.-]{0,79}$/;

/** A grid of exported features, and which methods it does without. */
export interface FeaturesGrid {
  readonly text: string;
  readonly methods: readonly string[];
  readonly leftOut: readonly { readonly method: string; readonly reason: string }[];
}

/**
 * Protocol `raw` over every method that the files of `folder` allow at its defaults. The grid is for a file in `from`: its paths start there.
 */
export async function featuresGrid(files: FeatureFiles, folder: string, from: string): Promise<FeaturesGrid> {
  const place = (path: string) => `./${relative(from, path)}`;
  const { train, test, head, ood } = files;
  const options = {
    ...(head === undefined ? {} : { head: place(head) }),
    splits: {
      [ID]: { test: place(test), ...(train === undefined ? {} : { train: place(train) }) },
      ...Object.fromEntries([...ood].map(([name, path]) => [name, { test: place(path) }])),
    },
  };
  const name = visibleName(200).safeParse(basename(folder)).data ?? 'features';
  const read = async (path: string, what = 'the values') => {
    const file = resolve(from, path);
    const bytes = await readRegularFile(file);
    if (bytes !== undefined) return { path: file, bytes };
    throw new OodError('not-found', `${file}: ${what} could not be read: there is no such file`);
  };
  const { facts, splitFiles } = await resolveModel(findModelSource('features'), options, { name, read });
  const fitted = train === undefined ? undefined : await splitFiles?.(ID, 'train');
  const reasons = METHODS.map((method) => ({
    method: method.name,
    reason: reasonAgainst(method, facts, fitted),
  }));
  const methods = reasons.flatMap(({ method, reason }) => (reason === undefined ? [method] : []));
  const leftOut = reasons.flatMap(({ method, reason }) => (reason === undefined ? [] : [{ method, reason }]));
  const text = [
    `name: ${GRID_NAME.test(name) ? name : 'features'}`,
    'protocol: raw',
    'models:',
    `  - ${JSON.stringify({ name, source: 'features', ...options })}`,
    'pairs:',
    ...[...ood.keys()].map(
      (set) =>
        `  - ${JSON.stringify({ id: { name: ID, images: 'none' }, ood: { name: set, images: 'none' } })}`,
    ),
    'methods:',
    ...methods.map((method) => `  - ${method}`),
    ...leftOut.map(({ method, reason }) => `# left out: ${method}: ${reason}`),
    '',
  ].join('\n');
  return { text, methods, leftOut };
}

/** Why the files do not allow a method at its defaults; undefined where they do. */
function reasonAgainst(method: Method, facts: ModelFacts, train: SplitFiles | undefined): string | undefined {
  if (method.models !== undefined) return 'it averages models that it must be told';
  const config = method.config.safeParse({});
  if (!config.success) return 'it has options without a default';
  try {
    const places = { method: 'it', model: 'the export' };
    // Protocol raw chooses nothing.
    const { fit, fitMinimum = 0 } = planMethod(method, config.data, facts, places, [], 'its own');
    if (fit !== 'train') return undefined;
    if (train === undefined) return 'it is fitted on id_train, which is not there';
    if (train.count < fitMinimum) return `it is fitted on ${fitMinimum} samples, id_train has ${train.count}`;
    const { needsLabels } = method.arithmetic.fit ?? {};
    if (needsLabels === undefined) return undefined;
    const { labels } = train;
    if (labels === undefined) return 'it is fitted on labels, of which id_train has none';
    const seen = new Set(labels);
    const missing = Array.from({ length: facts.classes }, (_, label) => label).find((one) => !seen.has(one));
    if (needsLabels === 'any' || missing === undefined) return undefined;
    return `it is fitted on samples of every class, id_train has none of class ${missing}`;
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    if (code !== 'invalid-input') throw cause;
    return message.replace(/; take one of the two out.*/, '');
  }
}
