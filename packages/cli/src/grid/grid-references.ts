import {
  canonicalJson,
  type ModelSpec,
  OodError,
  type Reference,
  type ReferenceUse,
  type Work,
  workSchema,
} from '@oodgrid/contract';
import { findDataset, SYNTHETIC_KINDS } from '@oodgrid/datasets';
import { type Grid, isSynthetic } from '@oodgrid/grid';
import type { Method } from '@oodgrid/methods';
import { listModels } from '@oodgrid/models';
import { familiesOf, findProtocol } from '@oodgrid/protocols';
import { CITES } from '@oodgrid/stats';
import { withKeys } from './citation-keys.js';
import type { ReferredDataset } from './data-set-references.js';

type Cited = readonly [use: ReferenceUse, work: Work | undefined];

/**
 * Returns the works that a run's results must cite, each once with all its uses: protocol, methods, models, data sets, statistics, in
 * this order.
 */
export function gridReferences(
  grid: Grid,
  models: readonly ModelSpec[],
  datasets: readonly ReferredDataset[],
  methods: readonly Method[],
): readonly Reference[] {
  const cited: readonly Cited[] = [
    [{ kind: 'protocol', name: grid.protocol }, findProtocol(grid.protocol).cites],
    ...familiesOf(grid.measure).flatMap(({ name, cites }) =>
      cites.map((work): Cited => [{ kind: 'statistics', name }, work]),
    ),
    ...grid.methods.flatMap(({ name }) => methodCited(name, methods)),
    ...models.flatMap(modelCited),
    ...datasets.flatMap(datasetCited),
    ...statisticsCited(grid),
  ];
  const works = new Map<string, { readonly work: Work; readonly uses: Map<string, ReferenceUse> }>();
  for (const [use, work] of cited) {
    if (work === undefined) continue;
    const id = identity(work);
    const known = works.get(id) ?? { work: checked(work, use), uses: new Map() };
    known.uses.set(canonicalJson(use), use);
    works.set(id, known);
  }
  return withKeys([...works.values()].map(({ work, uses }) => ({ ...work, uses: [...uses.values()] })));
}

/** One paper may be cited by two files, one of which knows more of it. */
const identity = ({ arxiv, title, year }: Work): string => arxiv ?? `${title.toLowerCase()} ${year}`;

/** The fields of a work alone. Throws `invalid-input` for what cannot be cited, as a module of a user may have it. */
function checked(work: Work, { kind, name }: ReferenceUse): Work {
  const { data, error } = workSchema.safeParse(work);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new OodError(
    'invalid-input',
    `${kind} "${name}": cites.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be cited'}`,
  );
}

/** Nothing for a method without a paper, and for a row of scores, which name no method. */
function methodCited(name: string, methods: readonly Method[]): Cited[] {
  const cites = methods.find((method) => method.name === name)?.card.cites;
  if (cites === undefined) return [];
  const { at, ...work } = cites;
  return [[{ kind: 'method', name, ...(at === undefined ? {} : { at }) }, work]];
}

/** Models whose weights are those of the catalog, by whatever name or path they came. */
function modelCited({ name, weights }: ModelSpec): Cited[] {
  const card = listModels().find(({ sha256 }) => sha256 === weights);
  return card === undefined ? [] : [[{ kind: 'model', name, licence: card.licence }, card.cites]];
}

/** Sets of the catalog, and kinds of synthetic images; a folder of a user's may be called like one, and has no citation. */
function datasetCited({ name, reference }: Pick<ReferredDataset, 'name' | 'reference'>): Cited[] {
  if (isSynthetic(reference)) {
    const kind = SYNTHETIC_KINDS.find((one) => one.name === reference.synthetic);
    const { of } = reference;
    const changed = of === undefined ? [] : datasetCited({ name, reference: of });
    return [[{ kind: 'data-set', name }, kind?.cites], ...changed];
  }
  const found = typeof reference === 'string' ? findDataset(reference) : undefined;
  return found === undefined ? [] : [[{ kind: 'data-set', name, licence: found.licence }, found.cites]];
}

function statisticsCited({ methods }: Grid): Cited[] {
  const use = (name: string): ReferenceUse => ({ kind: 'statistics', name });
  return [
    [use('interval of the AUROC'), CITES.delong],
    ...(methods.length > 1 ? [[use('paired tests'), CITES.delong] as const] : []),
    [use('interval of the AUROC at the border'), CITES.newcombe],
    [use('intervals of the other metrics'), CITES.efron],
    [use('interval of accuracies'), CITES.wilson],
  ];
}
