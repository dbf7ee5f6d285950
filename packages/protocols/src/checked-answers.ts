import { moduleFault, OodError, placeIn } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';
import type { Metric } from './metric.js';
import type { Combination, Cut, Protocol, Selected } from './protocol.js';

/** Largest distance beyond 0 or 1 that rounding may cause. */
const ROUNDING = 1e-9;

/**
 * A module's protocol whose every answer is checked: what no number can be made of ends the run with the module's path, what was asked
 * and what was wrong with the answer, instead of being a wrong number. What a module throws to refuse a data set is told the same way. It is
 * given copies: what it writes into them changes nothing that others read.
 */
export function checkedAnswers(protocol: Protocol, url: string): Protocol {
  const { selection, cutForChoice } = protocol;
  const ask = <T>(question: string, answer: () => T, faultOf: (answer: T) => string | undefined): T => {
    let given: T;
    try {
      given = answer();
    } catch (cause) {
      // What the kit refuses says what is wrong itself.
      if (cause instanceof OodError) throw cause;
      throw moduleFault(url, `${question}: ${OodError.from(cause).message}${placeIn(url, cause)}`, cause);
    }
    const fault = faultOf(given);
    if (fault !== undefined) throw moduleFault(url, `${question}: ${fault}`);
    return given;
  };
  const cutBy =
    (cut: Protocol['cut'], question: string): Protocol['cut'] =>
    (set) =>
      ask(
        `${question} of "${set.name}" (${set.count} test samples)`,
        () => cut(set),
        (given) => cutFault(given, set.count),
      );
  const { name, reference, cites, batch, permutationSeed, advice } = protocol;
  return {
    ...{ name, reference, batch, permutationSeed, advice },
    ...(cites === undefined ? {} : { cites }),
    metrics: protocol.metrics.map(
      (metric): Metric => ({
        ...metric,
        of: (id, ood) => {
          const value = ask(`metric ${metric.key}`, () => metric.of(id.slice(), ood.slice()), shareFault);
          return Math.min(1, Math.max(0, value));
        },
      }),
    ),
    normalisation: (id) =>
      ask(
        `normalisation of "${id.name}"`,
        () => protocol.normalisation(id),
        (given) =>
          areNumbers(given?.mean) && areNumbers(given?.std) && given.std.every((std) => std > 0)
            ? undefined
            : 'expected { mean: [...], std: [...] } with std above 0',
      ),
    order: (wanted) =>
      ask(
        'order',
        () => protocol.order(wanted),
        (given) => (given === 'file' || given === 'permuted' ? undefined : 'expected "file" or "permuted"'),
      ),
    cut: cutBy((set) => protocol.cut(set), 'cut'),
    ...(cutForChoice === undefined
      ? {}
      : { cutForChoice: cutBy((set) => cutForChoice.call(protocol, set), 'cutForChoice') }),
    keptOod: (idTest, oodTest) =>
      ask(
        `keptOod(${idTest}, ${oodTest})`,
        () => protocol.keptOod(idTest, oodTest),
        (given) => countFault(given, 1, oodTest),
      ),
    selection:
      selection === null
        ? null
        : {
            criterion: selection.criterion,
            select: (sweep) =>
              ask(
                'selection.select',
                () => selection.select(sweep),
                (given) => selectedFault(given, sweep.candidates.length),
              ),
          },
    combine: (id, ood) => {
      const made = ask('combine', () => protocol.combine(copied(id), copied(ood)), combinationFault);
      return {
        kind: made.kind,
        parameters: made.parameters,
        scores: (rows) =>
          ask(
            'scores of combine',
            () => made.scores(copied(rows)),
            (given) => scoresFault(given, rows.rows),
          ),
      };
    },
    previewColumn: (columns) =>
      ask(
        `previewColumn(${columns})`,
        () => protocol.previewColumn(columns),
        (given) => (given === null ? undefined : countFault(given, 0, columns - 1)),
      ),
  };
}

const copied = (rows: Rows): Rows => ({ ...rows, data: rows.data.slice() });

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const areNumbers = (values: unknown): values is readonly number[] =>
  Array.isArray(values) && values.length > 0 && values.every(isNumber);

const shareFault = (value: unknown): string | undefined =>
  isNumber(value) && value >= -ROUNDING && value <= 1 + ROUNDING
    ? undefined
    : `expected a share from 0 to 1, got ${String(value)}; it is called on samples that are drawn again, too`;

const countFault = (value: unknown, least: number, most: number): string | undefined =>
  isNumber(value) && Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `expected a whole number from ${least} to ${most}, got ${String(value)}`;

function cutFault(cut: Cut | undefined, count: number): string | undefined {
  for (const role of ['fit', 'select', 'test'] as const) {
    const { from, to } = cut?.[role] ?? {};
    const isRange =
      isNumber(from) && isNumber(to) && Number.isInteger(from) && Number.isInteger(to) && from <= to;
    if (!isRange || from < 0 || to > count)
      return `${role}: expected { from, to } with 0 <= from <= to <= ${count}, got { from: ${String(from)}, to: ${String(to)} }`;
  }
  if (cut === undefined || cut.test.from === cut.test.to) return 'test: no sample is left to test';
  for (const role of ['fit', 'select'] as const) {
    const { from, to } = cut[role];
    if (from < to && from < cut.test.to && cut.test.from < to)
      return `${role} and test share samples: what is tested may not have fitted or selected anything`;
  }
  return undefined;
}

function selectedFault(selected: Selected | undefined, candidates: number): string | undefined {
  const { candidate, isFallback, values } = selected ?? {};
  const fault = countFault(candidate, 0, candidates - 1);
  if (fault !== undefined) return `candidate: ${fault}`;
  if (typeof isFallback !== 'boolean') return 'isFallback: expected true or false';
  return areNumbers(values) && values.length === candidates
    ? undefined
    : `values: expected ${candidates} finite numbers, one for each setting`;
}

function combinationFault(made: Combination | undefined): string | undefined {
  if (typeof made?.kind !== 'string' || made.kind === '') return 'kind: expected a text';
  if (typeof made.scores !== 'function') return 'scores: expected a function';
  if (typeof made.parameters !== 'object' || made.parameters === null) return 'parameters: expected {}';
  const bad = Object.entries(made.parameters).find(
    ([, value]) => !isNumber(value) && !(Array.isArray(value) && value.every(isNumber)),
  );
  return bad === undefined ? undefined : `parameters.${bad[0]}: expected a finite number or a list of them`;
}

function scoresFault(scores: unknown, rows: number): string | undefined {
  if (!(scores instanceof Float64Array) || scores.length !== rows)
    return `expected a Float64Array of ${rows} scores`;
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  return bad < 0 ? undefined : `score ${bad} is ${scores[bad]}`;
}
