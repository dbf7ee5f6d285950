import { canonicalJson } from '@oodgrid/protocol';
import type { PlannedTask, PlannedUnit, Series } from './plan.js';

/** What the units of one task have in common. */
export type TaskHeader = Omit<PlannedTask, 'id' | 'units' | 'needs' | 'priority'>;

const PRIORITY = { fit: 3, sweep: 2, score: 1 } as const;

/**
 * Collects units into tasks: units with the same header share one forward pass, so they share a task. A
 * unit that is asked for twice (three softmax methods need the same one) is planned once.
 */
export class PlanBuilder {
  readonly #tasks = new Map<string, { header: TaskHeader; units: Map<string, PlannedUnit> }>();
  readonly #series = new Map<string, Series>();

  add(header: TaskHeader, unit: PlannedUnit, group = ''): void {
    const key = canonicalJson({ ...header, group });
    const task = this.#tasks.get(key) ?? { header, units: new Map() };
    task.units.set(unit.id, unit);
    this.#tasks.set(key, task);
  }

  addSeries(series: Series): string {
    this.#series.set(series.id, series);
    return series.id;
  }

  hasSeries(id: string): boolean {
    return this.#series.has(id);
  }

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }

  get tasks(): readonly PlannedTask[] {
    return [...this.#tasks.values()].map(({ header, units }, i) => {
      const all = [...units.values()];
      const needs = all.flatMap(({ fit, candidates }) => [
        ...(fit === null ? [] : [fit]),
        ...(candidates.kind === 'chosen' ? [candidates.choice] : []),
      ]);
      const id = `${i}-${header.kind}-${header.model.name}-${header.data?.name ?? 'noise'}-${header.from}-${header.to}`;
      return { ...header, id, units: all, needs: [...new Set(needs)], priority: PRIORITY[header.kind] };
    });
  }
}
