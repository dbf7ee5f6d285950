import { relative, resolve } from 'node:path';
import { type ModelFacts, OodError, visible } from '@oodgrid/contract';
import { readRegularFile } from '@oodgrid/formats';
import { METHODS, type Method, planMethod } from '@oodgrid/methods';
import { findModelSource, resolveModel, type SplitFiles } from '@oodgrid/models';
import type { Evaluation } from './evaluation.js';
import { type FeatureFiles, ID, type Place } from './feature-files.js';
import type { ModelFolders } from './model-folders.js';

/** Names that a grid accepts for a data set; a model's may hold more characters. */
const GRID_NAME = /^[A-Za-z_][\w.-]{0,79}$/;

/** A grid of exported features, and which methods it does without. */
export interface FeaturesGrid {
  readonly text: string;
  readonly methods: readonly string[];
  readonly leftOut: readonly { readonly method: string; readonly reason: string }[];
}

/**
 * Every method that the files of all models allow at its defaults. The grid is for a file in `from`: its paths start there.
 */
export async function featuresGrid(
  models: ModelFolders['models'],
  from: string,
  evaluation: Evaluation,
): Promise<FeaturesGrid> {
  const { protocol, chooseOn, groups, isOfSeeds, measure } = evaluation;
  const [[firstName, first] = []] = models;
  if (firstName === undefined || first === undefined) throw new OodError('internal', 'a grid of no model');
  const entries: string[] = [];
  const reasons = new Map<string, string>();
  for (const [name, files] of models) {
    const options = optionsOf(files, from);
    const place = models.size === 1 ? '' : ` (${visible(name)})`;
    for (const [method, reason] of await reasonsAgainst(name, files, options, from, takenIn(evaluation)))
      if (!reasons.has(method)) reasons.set(method, reason + place);
    entries.push(`  - ${JSON.stringify({ name, source: 'features', ...options })}`);
  }
  const methods = METHODS.map(({ name }) => name).filter((name) => !reasons.has(name));
  const leftOut = [...reasons].map(([method, reason]) => ({ method, reason }));
  const set = (name: string) => ({ name, images: 'none' });
  const text = [
    `name: ${models.size === 1 && GRID_NAME.test(firstName) ? firstName : 'features'}`,
    `protocol: ${protocol}`,
    'models:',
    ...entries,
    'pairs:',
    ...[...first.id.keys()].flatMap((id) =>
      [...first.ood.keys()].flatMap((ood) => {
        const group = groups.get(ood);
        const pair = { id: set(id), ood: set(ood), ...(group === undefined ? {} : { group }) };
        return ood === chooseOn ? [] : [`  - ${JSON.stringify(pair)}`];
      }),
    ),
    ...(chooseOn === undefined
      ? []
      : [`chooseOn: ${first.ood.has(chooseOn) ? JSON.stringify(set(chooseOn)) : chooseOn}`]),
    ...(isOfSeeds ? [`trainingSeeds: ${JSON.stringify({ [SEEDS]: [...models.keys()] })}`] : []),
    ...(measure.length === 0 ? [] : [`measure: [${measure.join(', ')}]`]),
    'methods:',
    ...methods.map((method) => `  - ${method}`),
    ...leftOut.map(({ method, reason }) => `# left out: ${method}: ${reason}`),
    '',
  ].join('\n');
  return { text, methods, leftOut };
}

/** What the seeds of a model are called together. */
const SEEDS = 'seeds';

const takenIn = ({ chooseOn = 'none' }: Evaluation): 'its own' | 'all settings' =>
  chooseOn === 'none' ? 'its own' : 'all settings';

/** Options of a model of the source `features`. */
function optionsOf({ id, ood, head }: FeatureFiles, from: string) {
  const place = (file: Place): Place =>
    typeof file === 'string'
      ? `./${relative(from, file)}`
      : Object.fromEntries(Object.entries(file).map(([key, path]) => [key, `./${relative(from, path)}`]));
  return {
    ...(head === undefined ? {} : { head: place(head) }),
    splits: {
      ...Object.fromEntries(
        [...id].map(([set, { test, train }]) => [
          set,
          { test: place(test), ...(train === undefined ? {} : { train: place(train) }) },
        ]),
      ),
      ...Object.fromEntries([...ood].map(([set, file]) => [set, { test: place(file) }])),
    },
  };
}

/** Methods that the files of a model do not allow, and why. */
async function reasonsAgainst(
  name: string,
  { id }: FeatureFiles,
  options: ReturnType<typeof optionsOf>,
  from: string,
  taken: 'its own' | 'all settings',
): Promise<ReadonlyMap<string, string>> {
  const read = async (path: string, what = 'the values') => {
    const file = resolve(from, path);
    const bytes = await readRegularFile(file);
    if (bytes !== undefined) return { path: file, bytes };
    throw new OodError('not-found', `${file}: ${what} could not be read: there is no such file`);
  };
  const { facts, splitFiles } = await resolveModel(findModelSource('features'), options, { name, read });
  const reasons = new Map<string, string>();
  for (const [set, { train }] of id) {
    const fitted = train === undefined ? undefined : await splitFiles?.(set, 'train');
    for (const method of METHODS) {
      const reason = reasonAgainst(method, facts, fitted, set === ID ? 'id_train' : `id_${set}_train`, taken);
      if (reason !== undefined && !reasons.has(method.name)) reasons.set(method.name, reason);
    }
  }
  return reasons;
}

/** Why the files do not allow a method at its defaults; undefined where they do. */
function reasonAgainst(
  method: Method,
  facts: ModelFacts,
  train: SplitFiles | undefined,
  file: string,
  taken: 'its own' | 'all settings',
): string | undefined {
  if (method.models !== undefined) return 'it averages models that it must be told';
  const config = method.config.safeParse({});
  if (!config.success) return 'it has options without a default';
  try {
    const places = { method: 'it', model: 'the export' };
    const { fit, fitMinimum = 0 } = planMethod(method, config.data, facts, places, [], taken);
    if (fit !== 'train') return undefined;
    if (train === undefined) return `it is fitted on ${file}, which is not there`;
    if (train.count < fitMinimum) return `it is fitted on ${fitMinimum} samples, ${file} has ${train.count}`;
    const { needsLabels } = method.arithmetic.fit ?? {};
    if (needsLabels === undefined) return undefined;
    const { labels } = train;
    if (labels === undefined) return `it is fitted on labels, of which ${file} has none`;
    const seen = new Set(labels);
    const missing = Array.from({ length: facts.classes }, (_, label) => label).find((one) => !seen.has(one));
    if (needsLabels === 'any' || missing === undefined) return undefined;
    return `it is fitted on samples of every class, ${file} has none of class ${missing}`;
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    if (code !== 'invalid-input') throw cause;
    return message.replace(/; take one of the two out.*/, '');
  }
}
