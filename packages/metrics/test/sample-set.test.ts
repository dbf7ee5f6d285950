import { describe, expect, it } from 'vitest';
import { BucketCounts } from '../src/bucket-counts.js';
import { Exposition } from '../src/exposition.js';
import { METRICS, type MetricName, metricsOf, rowOf } from '../src/metric-table.js';
import { mostSeries, SampleSet } from '../src/sample-set.js';

const numbers = (samples: SampleSet, name: MetricName) =>
  [...samples.numbersOf(name)].map(({ labels, value }) => [...Object.values(labels), value]);

describe('the series of a scrape', () => {
  it('add up what has the same labels', () => {
    const samples = new SampleSet();
    for (const value of [1, 2]) samples.add('oodgrid_ready_tasks', { pool: 'a' }, value);
    samples.add('oodgrid_ready_tasks', { pool: 'b' }, 0);
    expect(numbers(samples, 'oodgrid_ready_tasks')).toEqual([
      ['a', 3],
      ['b', 0],
    ]);
  });

  it('are no more than the table allows, whatever the labels are', () => {
    const samples = new SampleSet();
    for (let i = 0; i < 10_000; i++) {
      const hostile = `${i}"}\n# ${'x'.repeat(i % 300)}`;
      samples.add('oodgrid_ready_tasks', { pool: hostile }, 1);
      samples.add('oodgrid_run_tasks', { run: hostile, state: 'done' }, 1);
      samples.add('oodgrid_run_partial_auroc', { run: `r${i % 60}`, cell: hostile }, 0.5);
      samples.add('oodgrid_executor_tensors', { executor: hostile }, 1);
    }
    for (const name of [
      'oodgrid_ready_tasks',
      'oodgrid_run_tasks',
      'oodgrid_run_partial_auroc',
      'oodgrid_executor_tensors',
    ] as const) {
      const count = numbers(samples, name).length;
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(mostSeries(name));
    }
    // What is beyond is counted where adding up says something.
    expect(numbers(samples, 'oodgrid_ready_tasks').at(-1)).toEqual(['other', 10_000 - 20]);
    expect(numbers(samples, 'oodgrid_run_tasks').flat()).not.toContain('other');
  });

  it('of a closed list have a place for values that a later version adds', () => {
    const samples = new SampleSet();
    const reason = 'of a later version' as 'idle';
    for (let i = 0; i < 3; i++) samples.add('oodgrid_refused_total', { reason }, 1);
    expect(numbers(samples, 'oodgrid_refused_total')).toEqual([['other', 3]]);
  });

  it('of all metrics together are bounded for each program', () => {
    const all = (program: 'coordinator' | 'worker') =>
      metricsOf(program).reduce((sum, name) => sum + mostSeries(name), 0);
    expect(all('coordinator')).toBeLessThan(2000);
    expect(all('worker')).toBeLessThan(1200);
  });
});

describe('the text of a scrape', () => {
  it('has counters at 0 before anything has happened, buckets that add up, and no series of former scrapes', async () => {
    const exposition = new Exposition('coordinator');
    const samples = new SampleSet();
    const seconds = new BucketCounts([0.5, 1]);
    for (const value of [0.2, 0.5, 0.7, 3]) seconds.add(value);
    const row = rowOf('oodgrid_commit_seconds');
    expect(row.kind).toBe('histogram');
    const commits = new BucketCounts(row.kind === 'histogram' ? row.buckets : []);
    commits.add(0.004);
    commits.add(7);
    samples.addBuckets('oodgrid_commit_seconds', {}, commits);
    samples.add('oodgrid_run_seconds', { run: 'a "b"\n' }, 5);
    const text = await exposition.text(samples);
    expect([...seconds.counts]).toEqual([2, 1, 1]);
    expect(text).toContain('oodgrid_attempts_failed_total{code="internal"} 0\n');
    expect(text).toContain('oodgrid_run_seconds{run="a \\"b\\"\\n"} 5\n');
    expect(text).toContain('oodgrid_commit_seconds_bucket{le="0.0025"} 0\n');
    expect(text).toContain('oodgrid_commit_seconds_bucket{le="0.005"} 1\n');
    expect(text).toContain('oodgrid_commit_seconds_bucket{le="5"} 1\n');
    expect(text).toContain('oodgrid_commit_seconds_bucket{le="+Inf"} 2\n');
    expect(text).toContain('oodgrid_commit_seconds_sum 7.004\n');
    expect(text).toContain('oodgrid_commit_seconds_count 2\n');
    expect(text).toContain('oodgrid_nodejs_eventloop_lag_p99_seconds');
    expect(await exposition.text(new SampleSet())).not.toContain('oodgrid_run_seconds{');
  });
});

it('a program offers what the table says, and nothing of another', () => {
  expect(metricsOf('worker')).toContain('oodgrid_executors');
  expect(metricsOf('coordinator')).not.toContain('oodgrid_executors');
  expect(new Set([...metricsOf('worker'), ...metricsOf('coordinator')]).size).toBe(
    Object.keys(METRICS).length,
  );
});
