import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GridWorkload, SqliteStore } from '@oodgrid/coordinator';
import { FolderBlobStore } from '@oodgrid/transport';

/** Samples of a set that are not for testing. */
const NOT_TEST = 1000;

/** A grid of forward methods on one model: `rows` x `pairs` cells of 2 x `samples` test samples. */
export async function gridOf({ rows, pairs, samples, replicates }, storeDir) {
  const blobs = new FolderBlobStore(join(storeDir, 'blobs'));
  const blob = (text) => blobs.put(new TextEncoder().encode(text));
  const weights = await blob('weights');
  const set = async (name) => ({
    name,
    test: { ref: { name: `${name}/test`, images: await blob(name) }, count: samples + NOT_TEST },
    normalisation: { mean: [0], std: [1] },
  });
  const oods = Array.from({ length: pairs }, (_, i) => `ood${i}`);
  const plan = (i) => ({
    compute: 'baseline',
    revision: 1,
    options: { row: i },
    splitOrder: i % 2 === 0 ? 'file' : 'permuted',
    pass: 'forward',
    fit: 'none',
    candidates: [],
    fallbackCandidate: 0,
    columns: ['score'],
    models: [],
    cost: { sweep: { forwards: 0, gradients: 0 }, score: { forwards: 0, gradients: 0 } },
  });
  const grid = {
    name: 'merge-bench',
    protocol: 'fssd-paper',
    seed: 42,
    bootstrapReplicates: replicates,
    models: [{ name: 'm', architecture: 'lenet', weights, classes: 10 }],
    auxiliaryModels: [],
    datasets: [await set('id'), ...(await Promise.all(oods.map(set)))],
    pairs: oods.map((ood) => ({ id: 'id', ood })),
    rows: Array.from({ length: rows }, (_, i) => {
      return { row: `r${i}`, title: `Row ${i}`, plans: { m: plan(i) }, fitSet: null };
    }),
    memoryBytes: { m: 0 },
  };
  return { kind: 'grid', grid, slice: 2048 };
}

/** Puts every result of a grid into a store, as if a worker of this class had computed it: normal scores, ID higher. */
export function fillStore(spec, pool, storeDir) {
  mkdirSync(storeDir, { recursive: true });
  const store = new SqliteStore({ path: join(storeDir, 'store.db'), isExclusive: true });
  const workload = new GridWorkload(spec);
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  let waiting = [];
  const commit = () => {
    store.commit({ records: [], chunks: [], endedLeases: [], results: waiting });
    waiting = [];
  };
  for (const [task, { data }] of workload.plan.tasks.entries()) {
    const { rows, units } = workload.bind(task, pool);
    const shift = data.name.startsWith('id') ? 1.5 : 0;
    for (const { key, columns } of units) {
      const values = new Float32Array(rows * columns);
      // Two columns are predictions and labels: all correct.
      for (let i = 0; i < values.length; i++) {
        values[i] =
          columns === 2
            ? Math.floor(i / 2) % 10
            : shift + Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
      }
      waiting.push({ key, result: { kind: 'scores', rows, columns, data: values } });
    }
    if (waiting.length >= 200) commit();
  }
  commit();
  store.close();
  return workload.plan.tasks.length;
}
