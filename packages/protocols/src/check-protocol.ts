import { metricSpecSchema, OodError, workSchema } from '@oodgrid/contract';
import { KIT } from './kit.js';
import type { Metric } from './metric.js';
import type { Protocol } from './protocol.js';

const NAME = /^[a-z0-9][\w.-]{0,59}$/;

const SPEC = metricSpecSchema.shape;
const FUNCTIONS = ['normalisation', 'order', 'cut', 'keptOod', 'combine', 'previewColumn'] as const;

/** Throws `invalid-input`, `where` in front, for what no run can be evaluated by: all that is wrong, at once. */
export function checkProtocol(protocol: Protocol, where: string): void {
  if (typeof protocol !== 'object' || protocol === null)
    throw new OodError(
      'invalid-input',
      `${where}: the function returns no protocol: { name, metrics, cut, ... }`,
    );
  const faults = [...faultsOfFields(protocol), ...faultsOfMetrics(protocol)];
  if (faults.length > 0) throw new OodError('invalid-input', `${where}: ${faults.join('; ')}`);
}

function* faultsOfFields(protocol: Protocol): Generator<string> {
  const { name, batch, permutationSeed, reference, cites, advice, selection, cutForChoice } = protocol;
  if (!(typeof name === 'string' && NAME.test(name)))
    yield 'name: expected at most 60 letters, digits, ".", "_" and "-"';
  if (!isCount(batch, 1, 65_536)) yield 'batch: expected a whole number from 1 to 65536';
  if (!isCount(permutationSeed, 0, 2 ** 32 - 1)) yield 'permutationSeed: expected a whole number below 2^32';
  if (typeof reference !== 'string') yield 'reference: expected a text';
  if (cites !== undefined) yield* faultsOfWork(cites);
  if (typeof advice !== 'string') yield 'advice: expected a text';
  for (const key of FUNCTIONS) if (typeof protocol[key] !== 'function') yield `${key}: expected a function`;
  if (cutForChoice !== undefined && typeof cutForChoice !== 'function')
    yield 'cutForChoice: expected a function, or nothing';
  if (selection === null) return;
  if (
    typeof selection?.criterion !== 'string' ||
    selection.criterion === '' ||
    typeof selection.select !== 'function'
  )
    yield 'selection: expected { criterion, select } or null';
}

function* faultsOfWork(cites: unknown): Generator<string> {
  const { error } = workSchema.safeParse(cites);
  for (const { path, message } of error?.issues ?? []) yield `${['cites', ...path].join('.')}: ${message}`;
}

function* faultsOfMetrics({ metrics }: Protocol): Generator<string> {
  const { auroc } = KIT.metrics;
  const isObject = (metric: unknown): boolean => typeof metric === 'object' && metric !== null;
  if (!Array.isArray(metrics) || !metrics.every(isObject)) {
    yield 'metrics: expected a list of metrics';
    return;
  }
  if (metrics[0]?.key !== auroc.key || metrics[0].of !== auroc.of)
    yield `metrics: the first must be the kit's AUROC (metrics.auroc), which paired tests are made on`;
  const keys = new Set<string>();
  for (const [i, metric] of metrics.entries()) {
    const { key, title, isLowerBetter, positive, of } = metric;
    const place = `metrics[${i}]`;
    if (!SPEC.key.safeParse(key).success)
      yield `${place}.key: expected a small letter, then letters and digits, 40 at most`;
    else if (keys.has(key)) yield `${place}.key: "${key}" is there already`;
    keys.add(key);
    if (!SPEC.title.safeParse(title).success)
      yield `${place}.title: expected a text of at most 40 characters`;
    if (typeof isLowerBetter !== 'boolean') yield `${place}.isLowerBetter: expected true or false`;
    if (positive !== 'id' && positive !== 'ood') yield `${place}.positive: expected "id" or "ood"`;
    if (typeof of !== 'function') yield `${place}.of: expected a function`;
    if (!isWalkOfKit(metric))
      yield `${place}.walk: leave it out; it belongs to metrics of the kit whose "of" is theirs`;
  }
}

/** A walk is measured instead of `of`: one that says something else would be ignored in silence. */
const isWalkOfKit = ({ walk, of, isLowerBetter, positive }: Metric): boolean =>
  walk === undefined ||
  Object.values(KIT.metrics).some(
    (own: Metric) =>
      own.walk === walk && own.of === of && own.isLowerBetter === isLowerBetter && own.positive === positive,
  );

const isCount = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
