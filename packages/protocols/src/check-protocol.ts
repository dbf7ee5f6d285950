import { OodError, workSchema } from '@oodgrid/protocol';
import { auroc } from './metrics/auroc.js';
import type { Protocol } from './protocol.js';

const NAME = /^[a-z0-9][\w.-]{0,59}$/;
const KEY = /^[a-z][A-Za-z0-9]{0,39}$/;
const FUNCTIONS = ['normalisation', 'order', 'cut', 'keptOod', 'combine', 'previewColumn'] as const;

/** Throws `invalid-input`, `where` in front, for what no run can be evaluated by: all that is wrong, at once. */
export function checkProtocol(protocol: Protocol, where: string): void {
  const faults = [...faultsOfFields(protocol), ...faultsOfMetrics(protocol)];
  if (faults.length > 0) throw new OodError('invalid-input', `${where}: ${faults.join('; ')}`);
}

function* faultsOfFields(protocol: Protocol): Generator<string> {
  const { name, batch, permutationSeed, reference, cites, advice, selection } = protocol;
  if (!(typeof name === 'string' && NAME.test(name)))
    yield 'name: expected at most 60 letters, digits, ".", "_" and "-"';
  if (!isCount(batch, 1, 65_536)) yield 'batch: expected a whole number from 1 to 65536';
  if (!isCount(permutationSeed, 0, 2 ** 32 - 1)) yield 'permutationSeed: expected a whole number below 2^32';
  if (typeof reference !== 'string') yield 'reference: expected a text';
  if (cites !== undefined) yield* faultsOfWork(cites);
  if (typeof advice !== 'string') yield 'advice: expected a text';
  for (const key of FUNCTIONS) if (typeof protocol[key] !== 'function') yield `${key}: expected a function`;
  if (selection === null) return;
  if (typeof selection?.criterion !== 'string' || typeof selection.select !== 'function')
    yield 'selection: expected { criterion, select } or null';
}

function* faultsOfWork(cites: unknown): Generator<string> {
  const { error } = workSchema.safeParse(cites);
  for (const { path, message } of error?.issues ?? []) yield `${['cites', ...path].join('.')}: ${message}`;
}

function* faultsOfMetrics({ metrics }: Protocol): Generator<string> {
  if (!Array.isArray(metrics) || metrics[0]?.key !== auroc.key) {
    yield `metrics: the first must be the AUROC (key "${auroc.key}"), which paired tests are made on`;
    return;
  }
  const keys = new Set<string>();
  for (const [i, { key, title, isLowerBetter, positive, of }] of metrics.entries()) {
    const place = `metrics[${i}]`;
    if (!(typeof key === 'string' && KEY.test(key)))
      yield `${place}.key: expected a small letter, then letters and digits, 40 at most`;
    else if (keys.has(key)) yield `${place}.key: "${key}" is there already`;
    keys.add(key);
    if (typeof title !== 'string' || title === '') yield `${place}.title: expected a text`;
    if (typeof isLowerBetter !== 'boolean') yield `${place}.isLowerBetter: expected true or false`;
    if (positive !== 'id' && positive !== 'ood') yield `${place}.positive: expected "id" or "ood"`;
    if (typeof of !== 'function') yield `${place}.of: expected a function`;
  }
}

const isCount = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
