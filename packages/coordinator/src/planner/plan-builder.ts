import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, OodError } from '@oodgrid/contract';
import { fairOrder } from './fair-order.js';
import type { PlannedChoice, PlannedTask, PlannedUnit, Series } from './plan.js';

/** The fields that the units of one task share. */
export type TaskHeader = Omit<PlannedTask, 'id' | 'units' | 'needs' | 'priority'>;

/** Units of one run: its plan, and what the ledger keeps of each task, stay in memory as long as it lives. */
const MAX_UNITS = 500_000;

const PRIORITY = { fit: 3, sweep: 2, score: 1 } as const;

/**
 * Collects units into tasks: units with the same header share one forward pass, so they share a task. What is
 * asked for twice (three softmax methods need the same unit) is planned once. Two things under one id are refused: one
 * of them would take the other's results.
 */
export class PlanBuilder {
  readonly #tasks = new Map<string, { readonly header: TaskHeader; readonly units: PlannedUnit[] }>();
  readonly #units = new Map<string, { readonly header: TaskHeader; readonly unit: PlannedUnit }>();
  readonly #series = new Map<string, Series>();
  readonly #choices = new Map<string, PlannedChoice>();

  /** `isAlone`: the unit is a task of its own. Gives the unit's id. */
  add(header: TaskHeader, unit: PlannedUnit, isAlone = false): string {
    if (!isNew(this.#units, unit.id, { header, unit })) return unit.id;
    if (this.#units.size > MAX_UNITS) {
      throw new OodError(
        'invalid-input',
        `the grid makes more than ${MAX_UNITS.toLocaleString('en')} units of work: divide it, or raise options.slice`,
      );
    }
    // A protocol that cuts in the file's order gives both passes one header; an executor does one of them a task.
    const pass = header.kind === 'score' ? unit.pass : '';
    const key = isAlone ? unit.id : `${pass} ${canonicalJson(header)}`;
    const task = this.#tasks.get(key) ?? { header, units: [] };
    task.units.push(unit);
    this.#tasks.set(key, task);
    return unit.id;
  }

  addSeries(series: Series): string {
    isNew(this.#series, series.id, series);
    return series.id;
  }

  /** Of rows that make the same choice, the first gives it its title. */
  addChoice(choice: PlannedChoice): void {
    const title = this.#choices.get(choice.id)?.title ?? choice.title;
    isNew(this.#choices, choice.id, { ...choice, title });
  }

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }

  get choices(): readonly PlannedChoice[] {
    return [...this.#choices.values()];
  }

  /** In the order in which tasks of one priority are handed out. */
  get tasks(): readonly PlannedTask[] {
    return fairOrder([...this.#tasks.values()]).map(({ header, units }, i) => {
      const needs = units.flatMap(({ fit, candidates }) => [
        ...(fit === null ? [] : [fit]),
        ...(candidates.kind === 'chosen' ? [candidates.choice] : []),
      ]);
      // For people; the number makes it unique.
      const id = `${i}-${header.kind}-${header.model.name}-${header.data.name}-${header.from}-${header.to}`;
      return { ...header, id, units, needs: [...new Set(needs)], priority: PRIORITY[header.kind] };
    });
  }
}

/** Adds what is not there yet; throws `internal` where something else is. */
function isNew<T>(known: Map<string, T>, id: string, content: T): boolean {
  const found = known.get(id);
  if (found === undefined) {
    known.set(id, content);
    return true;
  }
  if (isDeepStrictEqual(found, content)) return false;
  throw new OodError('internal', `the plan has two different contents under the id "${id}"`);
}
