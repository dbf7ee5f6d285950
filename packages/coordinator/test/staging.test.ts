import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { bindTask } from '../src/planner/bind-task.js';
import { Staging } from '../src/run/staging.js';
import { digest, smallGrid } from './small-plan.js';

function staged() {
  const planned = planGrid(smallGrid(), 512).tasks.find(({ units }) => units[0]?.method === 'msp');
  if (planned === undefined) throw new Error('no task');
  const task = bindTask(planned, { fitted: new Map(), chosen: new Map() }, 'x');
  const key = task.units[0]?.spec.key ?? digest('0');
  return { staging: new Staging(task), key };
}

const chunk = (offsetRows: number, rows: number, value: number, columns = 1) => ({
  offsetRows,
  rows,
  columns,
  data: new Float32Array(rows * columns).fill(value),
});

describe('staged results', () => {
  it('come together from chunks in any order, repeated or not', () => {
    const { staging, key } = staged();
    staging.addRows(key, chunk(256, 256, 2));
    staging.addRows(key, chunk(0, 256, 1));
    staging.addRows(key, chunk(256, 256, 2));
    const { data } = staging.scores(key);
    expect([data[0], data[255], data[256], data[511]]).toEqual([1, 1, 2, 2]);
  });

  it('are not complete while a row is missing', () => {
    const { staging, key } = staged();
    staging.addRows(key, chunk(0, 511, 1));
    expect(() => staging.scores(key)).toThrow(/without row 511/);
  });

  it('refuse rows beyond the task, other columns, other units and fitted states', () => {
    const { staging, key } = staged();
    expect(() => staging.addRows(key, chunk(500, 13, 1))).toThrow(/rows 500 to 513 of a task of 512/);
    expect(() => staging.addRows(key, chunk(0, 1, 1, 2))).toThrow(/the unit has 1 columns/);
    expect(() => staging.addRows(digest('9'), chunk(0, 1, 1))).toThrow(/does not have/);
    expect(() => staging.addFitted(key, digest('9'))).toThrow(/fits nothing/);
    expect(() => staging.fitted(key)).toThrow(/without its fitted state/);
  });
});
