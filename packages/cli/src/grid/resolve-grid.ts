import type { ModelSpec, Normalisation, ResolvedDataset, ResolvedGrid, ResolvedRow } from '@oodgrid/contract';
import { type Grid, modelsOf } from '@oodgrid/grid';
import { METHODS, type Method } from '@oodgrid/methods';
import { executorBytes, listModels } from '@oodgrid/models';
import { familiesOf, findProtocol } from '@oodgrid/protocols';
import type { BlobStore } from '@oodgrid/transport';
import type { CliContext } from '../context.js';
import { DataInspector } from '../inspect/data-inspector.js';
import { choiceWarnings } from './choice-warnings.js';
import { type ReferredDatasets, referredDatasets } from './data-set-references.js';
import { gridReferences } from './grid-references.js';
import { pixelUse } from './pixel-use.js';
import { resolveDataset } from './resolve-datasets.js';
import { withGivenScores } from './resolve-given-scores.js';
import { type ModelSources, oneOfEachName, resolveModels } from './resolve-models.js';
import { resolveRows } from './resolve-rows.js';
import { withSplits } from './resolve-splits.js';
import { SplitValues } from './split-values.js';

export interface ResolveOptions {
  readonly context: CliContext;
  /** Folder that relative paths of the grid start from. */
  readonly baseDir: string;
  readonly blobs: BlobStore;
  /** Methods that the grid may name; those of the catalog where this is left out. */
  readonly methods?: readonly Method[];
  readonly signal: AbortSignal;
}

/** Turns every name and path of a grid into content: weights, images and noise become blobs. */
export async function resolveGrid(grid: Grid, options: ResolveOptions): Promise<ResolvedGrid> {
  const { context, baseDir, blobs, signal, methods = METHODS } = options;
  const { batch } = findProtocol(grid.protocol);
  const note = once(context.log);
  const sources: ModelSources = { modelsDir: context.modelsDir, baseDir, declared: grid.models, blobs, note };
  const models = await resolveModels(grid.models, sources);
  const members = grid.methods.flatMap((entry) => modelsOf(entry, methods));
  const auxiliaryModels = await resolveModels(
    members.map(({ reference }) => reference),
    sources,
  );
  const all = oneOfEachName([...models, ...auxiliaryModels]);
  const specs = models.map(({ spec }) => spec);
  const planned = await resolveRows(grid, models, auxiliaryModels, { ...options, methods });
  const referred = await referredDatasets(grid, baseDir);
  const { pairs } = referred;
  const inspector = new DataInspector();
  const values = new SplitValues(all, blobs, note);
  const datasets = await resolveDatasets(referred, planned, {
    context,
    baseDir,
    blobs,
    signal,
    models: models.map(({ facts }) => facts),
    auxiliaryModels: auxiliaryModels.map(({ facts }) => facts),
    values,
    needsLabels: fittedOn(grid, methods, ['any', 'every-class']),
    needsEveryClass: fittedOn(grid, methods, ['every-class']),
    inspector,
  });
  const named = { methods, models: specs.map(({ name }) => name), pairs, datasets, baseDir, blobs };
  const rows = await withGivenScores(grid, planned, named);
  const withValues = await Promise.all(all.map((model) => withSplits(model, datasets, values)));
  const warnings = [
    ...inspector.warnings(pairs, normalisationsOf(datasets), specs),
    ...choiceWarnings(referred, datasets),
  ];
  for (const { severity, message } of warnings)
    if (severity === 'serious') context.log(`warning: ${message}`);
  return {
    name: grid.name ?? 'grid',
    protocol: grid.protocol,
    seed: grid.seed,
    bootstrapReplicates: grid.options.bootstrapReplicates,
    models: withValues.slice(0, models.length),
    auxiliaryModels: withValues.slice(models.length),
    datasets,
    pairs,
    rows: rows.map(({ row }) => row),
    ...evaluationOf(grid, referred),
    cardAccuracies: cardAccuracies(all.map(({ spec }) => spec)),
    warnings: [...warnings, ...values.warnings, ...rows.flatMap((one) => one.warnings)],
    references: gridReferences(
      grid,
      all.map(({ spec }) => spec),
      referred.datasets,
      methods,
    ),
    memoryBytes: Object.fromEntries(all.map(({ facts }) => [facts.name, executorBytes(facts.memory, batch)])),
  };
}

const normalisationsOf = (datasets: readonly ResolvedDataset[]): ReadonlyMap<string, Normalisation> =>
  new Map(
    datasets.flatMap(({ name, normalisation }) =>
      normalisation === undefined ? [] : [[name, normalisation] as const],
    ),
  );

/** What the grid says of the data that choose, and of training seeds; nothing of what it leaves out. */
function evaluationOf(
  { chooseOn, trainingSeeds, measure, ensembles }: Grid,
  { validation, shifted }: Pick<ReferredDatasets, 'validation' | 'shifted'>,
): Pick<ResolvedGrid, 'chooseOn' | 'trainingSeeds' | 'measure' | 'ensembles' | 'fullSpectrum'> {
  const withoutSet = chooseOn === 'id' ? 'id' : 'none';
  return {
    ...(chooseOn === undefined
      ? {}
      : { chooseOn: validation === undefined ? withoutSet : { ood: validation } }),
    ...(shifted.length === 0 ? {} : { fullSpectrum: shifted }),
    ...(ensembles === undefined
      ? {}
      : { ensembles: Object.entries(ensembles).map(([name, rows]) => ({ name, rows })) }),
    ...(measure === undefined ? {} : { measure: familiesOf(measure).map(({ name }) => name) }),
    ...(trainingSeeds === undefined
      ? {}
      : { trainingSeeds: Object.entries(trainingSeeds).map(([name, models]) => ({ name, models })) }),
  };
}

/** Of those whose weights are a catalog model's, by whatever name or path they came. */
function cardAccuracies(models: readonly ModelSpec[]): Record<string, number> {
  const cards = models.flatMap(({ name, weights }) => {
    const card = listModels().find(({ sha256 }) => sha256 === weights);
    return card === undefined ? [] : [[name, card.testAccuracy] as const];
  });
  return Object.fromEntries(cards);
}

/** The first entry that fits on such labels, for messages. */
function fittedOn(
  grid: Grid,
  methods: readonly Method[],
  labels: readonly ('any' | 'every-class')[],
): string | undefined {
  const index = grid.methods.findIndex(({ name }) =>
    methods.some(({ name: own, arithmetic: { fit } }) => {
      return own === name && fit?.needsLabels !== undefined && labels.includes(fit.needsLabels);
    }),
  );
  return index < 0 ? undefined : `methods[${index}] ${grid.methods[index]?.name}`;
}

/** One file may be read for several rows. */
function once(log: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (!said.has(line)) log(line);
    said.add(line);
  };
}

async function resolveDatasets(
  referred: ReferredDatasets,
  rows: readonly ResolvedRow[],
  sources: Parameters<typeof resolveDataset>[3],
): Promise<ResolvedDataset[]> {
  const isFitOnTrain = rows.some(({ plans }) => Object.values(plans).some(({ fit }) => fit === 'train'));
  const { datasets } = referred;
  const resolved: ResolvedDataset[] = [];
  for (const { name, reference, isId } of datasets) {
    const isRead = isId || referred.shifted.includes(name);
    const use = { isId: isRead, isFittedOn: isId && isFitOnTrain, pixels: pixelUse(referred, name) };
    resolved.push(await resolveDataset(name, reference, use, sources));
  }
  return resolved;
}
