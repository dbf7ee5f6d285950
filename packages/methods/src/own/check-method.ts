import { moduleFault } from '@oodgrid/contract';
import { METHODS } from '../catalog.js';
import { ARITHMETICS } from '../find.js';
import type { Method } from '../method.js';

const NAME = /^[a-z0-9][\w.-]{0,59}$/;
/** Keys of a grid's entry that are not options. */
const ENTRY_KEYS = ['name', 'as', 'scores'];
const WRAP =
  'wrap what your function returns: kit.defineMethod({...}), or kit.defineArrayMethod({...}) for typed arrays';

/** Throws `invalid-input`, the module's path in front, for what no grid can name or no engine run: all that is wrong, at once. */
export function checkMethod(method: Method | undefined, url: string): void {
  if (method?.arithmetic === undefined) throw moduleFault(url, `it returns no method; ${WRAP}`);
  const faults = [...faultsOfRow(method), ...faultsOfArithmetic(method)];
  if (faults.length > 0) throw moduleFault(url, faults.join('; '));
}

function* faultsOfRow({ name, card, config, models, fitSet, ...row }: Method): Generator<string> {
  if (!(typeof name === 'string' && NAME.test(name)))
    yield 'name: expected at most 60 letters, digits, ".", "_" and "-", the first a small letter or a digit';
  else if ([...METHODS, ...ARITHMETICS].some((one) => one.name === name))
    yield `name: there is a method "${name}" already; give this one another name`;
  if (!isText(card?.title)) yield 'card.title: expected a text, which tables show';
  if (!isText(card?.score)) yield 'card.score: expected a text, the score as a line of mathematics';
  const { cites } = card ?? {};
  if (cites !== undefined && ![cites.authors, cites.title, cites.arxiv ?? cites.url].every(isText))
    yield 'card.cites: expected { authors, title, year, arxiv }, or url instead of arxiv';
  if (!isObjectSchema(config))
    yield 'config: expected kit.z.strictObject({ ... }), the options of the method';
  else
    for (const key of ENTRY_KEYS)
      if (Object.hasOwn(config.shape, key))
        yield `config: "${key}" is a key of every entry; call the option otherwise`;
  for (const [key, option] of Object.entries({ models, fitSet }))
    if (option !== undefined && !(isObjectSchema(config) && Object.hasOwn(config.shape, option)))
      yield `${key}: expected the name of an option of config`;
  for (const key of ['constants', 'sweep', 'isPerturbed', 'fitMinimum'] as const)
    if (row[key] !== undefined && typeof row[key] !== 'function') yield `${key}: expected a function`;
}

function* faultsOfArithmetic({ arithmetic }: Method): Generator<string> {
  const { revision, setting, splitOrder, fit, perturb } = arithmetic;
  if (!(Number.isInteger(revision) && revision >= 0)) yield 'revision: expected a whole number from 0';
  if (!isObjectSchema(setting))
    yield 'setting: expected kit.z.object({ ... }), what score sees of the options';
  if (splitOrder !== undefined && splitOrder !== 'file' && splitOrder !== 'permuted')
    yield 'splitOrder: expected "file" or "permuted"';
  for (const key of ['needs', 'score'] as const)
    if (typeof arithmetic[key] !== 'function') yield `${key}: expected a function`;
  for (const key of ['columns', 'passes'] as const)
    if (arithmetic[key] !== undefined && typeof arithmetic[key] !== 'function')
      yield `${key}: expected a function`;
  if (fit !== undefined) {
    if (
      fit?.on !== 'train' &&
      !(typeof fit?.on === 'object' && isText(fit.on.images) && Number.isFinite(fit.on.offset))
    )
      yield 'fit.on: expected "train", or { images, offset } for a data set of its own';
    if (![undefined, 'any', 'every-class'].includes(fit?.needsLabels))
      yield 'fit.needsLabels: expected "any" or "every-class"';
    for (const key of ['collect', 'solve'] as const)
      if (typeof fit?.[key] !== 'function') yield `fit.${key}: expected a function`;
  }
  if (perturb === undefined) return;
  for (const key of ['probe', 'cotangent', 'step'] as const)
    if (typeof perturb?.[key] !== 'function') yield `perturb.${key}: expected a function`;
}

const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 1000;

const isObjectSchema = (
  value: { readonly shape?: unknown; readonly safeParse?: unknown } | undefined,
): boolean => typeof value?.shape === 'object' && typeof value.safeParse === 'function';
