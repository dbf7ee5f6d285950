import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, metricOf, readResults } from '@oodgrid/contract';
import { type NpyArray, openNpz, writeNpz } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';
import { beforeAll, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const { cacheDir, folder } = testCache();
const env = { OODGRID_CACHE: cacheDir };
const [N, M, C] = [400, 300, 4] as const;
const FAMILIES = ['failure-detection', 'misclassification', 'open-set', 'calibration'];

/** Logits in steps of a half, so that scores are equal; those of ID are larger at the label, mostly. */
function logits(seed: number, n: number, far: number): Float32Array {
  const random = new NumpyRandomState(seed).randomSample(n * C);
  return Float32Array.from(random, (value, i) => {
    const isOwn = i % C === Math.floor(i / C) % C;
    return Math.round(2 * (4 * value + (isOwn ? far : 0))) / 2;
  });
}

const ID = logits(1, N, 1.5);
const row = (i: number) => [...ID.subarray(i * C, (i + 1) * C)];
const isWrong = (i: number) => row(i).indexOf(Math.max(...row(i))) !== i % C;

beforeAll(() => {
  mkdirSync(join(folder, 'exported'));
  const labels = { shape: [N], data: Int32Array.from({ length: N }, (_, i) => i % C) };
  const write = (name: string, arrays: Record<string, NpyArray>) =>
    writeFileSync(join(folder, 'exported', `${name}.npz`), writeNpz(new Map(Object.entries(arrays))));
  write('id_test', { logits: { shape: [N, C], data: ID }, labels });
  write('ood_a', { logits: { shape: [M, C], data: logits(2, M, 0) } });
});

/** Final scores by the position of their samples in the file. */
function scoresOf(cell: Cell, side: 'id' | 'ood'): Float64Array {
  const file = openNpz(readFileSync(join(folder, 'run', cell.scores.file)), 'scores');
  const values = Float64Array.from(file.read(`score_${side}`).data, Number);
  const places = Array.from(file.read(`index_${side}`).data, Number);
  const out = new Float64Array(values.length);
  for (const [i, place] of places.entries()) out[place] = values[i] ?? Number.NaN;
  return out;
}

/** The definitions, threshold by threshold. */
function byDefinition(accepted: readonly { readonly score: number; readonly isFailure: boolean }[]) {
  const thresholds = [...new Set(accepted.map(({ score }) => score))].sort((a, b) => b - a);
  const points = thresholds.map((threshold) => {
    const above = accepted.filter(({ score }) => score >= threshold);
    const failures = above.filter(({ isFailure }) => isFailure).length;
    return {
      coverage: above.length / accepted.length,
      risk: failures / above.length,
      general: failures / accepted.length,
    };
  });
  let last = { coverage: 0, risk: points[0]?.risk ?? Number.NaN, general: 0 };
  let [aurc, augrc] = [0, 0];
  for (const point of points) {
    const width = point.coverage - last.coverage;
    aurc += (width * (point.risk + last.risk)) / 2;
    augrc += (width * (point.general + last.general)) / 2;
    last = point;
  }
  return { aurc, augrc };
}

it('failure detection, OSCR and calibration are those of the scores, the logits and the labels, in every format', async () => {
  const { code, stdout, stderr } = await oodCli(
    [
      ...['score', 'exported', '--workers', '1', '--output', 'run'],
      ...FAMILIES.flatMap((family) => ['--measure', family]),
    ],
    env,
    folder,
  );
  expect(code, stderr).toBe(0);
  const results = readResults(JSON.parse(readFileSync(join(folder, 'run', 'results.json'), 'utf8')));
  for (const method of ['baseline', 'max-logit']) {
    const cell = results.cells.find((one) => one.method === method);
    if (cell === undefined) throw new Error(`no row ${method}`);
    const [id, ood] = [scoresOf(cell, 'id'), scoresOf(cell, 'ood')];
    const idSamples = [...id].map((score, i) => ({ score, isFailure: isWrong(i) }));
    const all = [...idSamples, ...[...ood].map((score) => ({ score, isFailure: true }))];
    expect(new Set(id).size).toBeLessThan(N);
    const [joint, alone] = [byDefinition(all), byDefinition(idSamples)];
    let pairs = 0;
    for (const { score, isFailure } of idSamples)
      for (const other of ood) if (!isFailure) pairs += score > other ? 1 : score === other ? 0.5 : 0;
    const expected = {
      ...{ aurc: joint.aurc, augrc: joint.augrc, aurcId: alone.aurc, augrcId: alone.augrc },
      oscr: pairs / (N * M),
    };
    for (const [key, value] of Object.entries(expected)) {
      const { estimate, interval, how } = metricOf(cell, key);
      expect(estimate, `${method} ${key}`).toBeCloseTo(value, 12);
      expect(how).toBe('bootstrap');
      expect(interval.low).toBeLessThan(estimate);
      expect(interval.high).toBeGreaterThan(estimate);
    }
  }
  // The model's confidence in 15 bins.
  const bins = Array.from({ length: 15 }, () => ({ confidence: 0, right: 0 }));
  for (let i = 0; i < N; i++) {
    const largest = Math.max(...row(i));
    const confidence = 1 / row(i).reduce((sum, value) => sum + Math.exp(value - largest), 0);
    const bin = bins[Math.ceil(confidence * 15) - 1];
    if (bin === undefined) throw new Error(`no bin for ${confidence}`);
    bin.confidence += confidence;
    bin.right += isWrong(i) ? 0 : 1;
  }
  const ece = bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / N;
  const [{ calibration } = {}] = results.accuracies;
  // Confidences are float32.
  expect(Math.abs((calibration?.value ?? Number.NaN) - ece)).toBeLessThan(1e-6);
  const shown = `${(100 * ece).toFixed(2)}`;
  expect(stdout).toContain(`ECE ${shown} % (`);
  const csv = readFileSync(join(folder, 'run', 'results.csv'), 'utf8').split('\r\n');
  const columns = (csv[0] ?? '').split(',');
  for (const column of ['aurc', 'eaurc_low', 'augrc_high', 'aurc_id', 'oscr', 'ece', 'ece_high'])
    expect(columns).toContain(column);
  for (const file of ['table.md', 'table.tex', 'report.html']) {
    const text = readFileSync(join(folder, 'run', file), 'utf8');
    for (const title of ['E-AURC', 'AUGRC (ID)', 'OSCR', 'ECE', 'all OOD samples are failures'])
      expect(text, file).toContain(title);
    expect(text, file).toContain(shown);
  }
  expect(results.references.map(({ arxiv }) => arxiv)).toEqual(
    expect.arrayContaining(['1705.08500', '1805.08206', '2407.01032', '1811.04110', '1706.04599']),
  );
}, 120_000);

it('what needs labels is refused without them, with the way out', async () => {
  const file = join(folder, 'unlabelled.yaml');
  const place = (name: string) => `{ test: ./exported/${name}.npz }`;
  writeFileSync(
    file,
    `protocol: raw
models: [{ name: net, source: features, splits: { one: ${place('ood_a')}, two: ${place('id_test')} } }]
pairs: [{ id: { name: one, images: none }, ood: { name: two, images: none } }]
measure: [open-set]
methods: [baseline]
`,
  );
  const { code, stderr } = await oodCli(['plan', file], env, folder);
  expect(code).toBe(2);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'measure: open-set needs to know which samples of "one" are classified wrongly, but it has no labels: give labels, or take measure out',
  );
  const misspelt = await oodCli(['plan', file, '--set', 'measure.0=openset'], env, folder);
  expect(misspelt.stderr).toContain('open-set');
}, 60_000);
