import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Candidate } from '@oodgrid/contract';
import { loadMethodModule, type Method, planMethod } from '@oodgrid/methods';
import { factsOf, findArchitecture } from '@oodgrid/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { worstDifference } from '../support/random.js';
import { images, run, task, unit } from '../support/tasks.js';

const lenet = findArchitecture('lenet');
if (lenet === undefined) throw new Error('no LeNet');
const FACTS = factsOf(lenet, 'lenet', 10);
const data = { name: 'blurred/test', images: images(128) };
const train = { name: 'blurred/train', images: images(200, 4) };
const EXAMPLE = new URL('../../../../examples/own-method/', import.meta.url);

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await nativeEngine();
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-own-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function loadText(text: string): Promise<Method> {
  const file = join(folder, `${count++}.mjs`);
  writeFileSync(file, text);
  return loadMethodModule(pathToFileURL(file).href);
}

async function scores(method: Method, options: object = {}): Promise<readonly number[]> {
  const plan = planMethod(method, options, FACTS, { method: 'methods[0]', model: 'models[0]' });
  const { compute, fit, candidates, pass } = plan;
  const own = [method.arithmetic];
  const of = (rest: object) => unit(compute, { ...(plan.module && { module: plan.module }), pass, ...rest });
  let fitted = null;
  if (fit === 'train') {
    const one = of({ candidates: [] });
    const done = await run(
      engine,
      task([one], { kind: 'fit', data: train, to: 200 }),
      undefined,
      undefined,
      own,
    );
    fitted = done.fitted.get(one.key) ?? null;
  }
  const list: Candidate[] = [...candidates];
  const one = of({ fitted, candidates: list });
  const done = await run(engine, task([one], { data, to: 128 }), undefined, undefined, own);
  return [...(done.scores.get(one.key) ?? [])];
}

describe('a method of a file', () => {
  it('gives by typed arrays what it gives by ops, with every setting, and frees its tensors', async () => {
    const byOps = await loadMethodModule(new URL('prototype-cosine.mjs', EXAMPLE).href);
    const byArrays = await loadMethodModule(new URL('prototype-cosine-arrays.mjs', EXAMPLE).href);
    const expected = await scores(byOps);
    expect(expected).toHaveLength(128 * 3);
    const before = tf.memory().numTensors;
    const got = await scores(byArrays);
    expect(tf.memory().numTensors).toBe(before);
    // Sums of 128 products, in float32 here and in float64 there.
    expect(worstDifference(got, expected)).toBeLessThan(1e-5);
  });

  it('is as short as the README of the example has it', async () => {
    const page = readFileSync(new URL('README.md', EXAMPLE), 'utf8');
    const [, text = ''] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const margins = await scores(await loadText(text));
    expect(margins).toHaveLength(128);
    expect(Math.min(...margins)).toBeGreaterThanOrEqual(0);
  });

  it('is refused by an executor that has not loaded it', async () => {
    const { arithmetic } = await loadMethodModule(new URL('prototype-cosine.mjs', EXAMPLE).href);
    const one = unit(arithmetic.name, { ...(arithmetic.module && { module: arithmetic.module.digest }) });
    await expect(run(engine, task([one], { data, to: 64 }))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/has not loaded the module of method "prototype-cosine"/),
    });
  });

  const wrong = (define: string, score: string, more = '') =>
    `export default ({ z, ${define} }) => ${define}({
  name: 'wrong', revision: 1, card: { title: 'Wrong', score: 'none' },
  config: z.strictObject({}), setting: z.object({}), needs: ({ logits }) => ({ taps: [logits] }), ${more}
  score: ${score},
});`;
  const byOps = (score: string, more = '') => wrong('defineMethod', score, more);
  const byArrays = (score: string, more = '') => wrong('defineArrayMethod', score, more);
  const FIT = 'fit: { on: "train", solve: (kept, { facts }) => SOLVED },';

  it.each<[what: string, text: string, message: RegExp, code?: string]>([
    [
      'throws',
      byOps('({ facts }) => facts.no.such'),
      /score of column "score": Cannot read properties of undefined/,
    ],
    ['throws', byArrays('() => {\n throw new Error("no idea"); }'), /score of column "score": no idea/],
    [
      'gives a number',
      byOps('() => 1'),
      /expected a tensor \[n\] of ops, got a number; kit\.defineArrayMethod/,
    ],
    [
      'gives a promise',
      byOps('async ({ ops }) => ops.zeros([64])'),
      /returns a promise; it must answer at once/,
    ],
    ['gives a promise', byArrays('async () => []'), /it returns a promise; it must answer at once/],
    [
      'gives too many',
      byOps('({ facts, tap }) => tap(facts.logits)'),
      /expected 64 numbers, one for each sample of the batch, got \[64, 10\]/,
    ],
    [
      'gives too few',
      byArrays('() => new Float32Array(3)'),
      /expected 64 numbers, one for each sample of the batch, got 3/,
    ],
    [
      'gives words',
      byArrays('({ indices }) => Array.from(indices, String)'),
      /expected a Float32Array or a list of numbers, got a list/,
    ],
    [
      'asks for a tap that it did not name',
      byOps('({ tap }) => tap("layer0")'),
      /method "wrong" does not say that it needs the tap "layer0"/,
    ],
    [
      'frees what it was lent',
      byOps(
        '({ ops, facts, tap }) => { const z = tap(facts.logits); const s = ops.max(z, 1); z.dispose(); return s; }',
      ),
      /it frees tap "layer3", which is not its own/,
    ],
    [
      'changes what it was lent',
      byArrays(
        '({ facts, tap }) => { const z = tap(facts.logits); z.data[0] += 1; return z.data.slice(0, z.rows); }',
      ),
      /it changes tap "layer3", which other settings and columns read too; change a copy/,
    ],
    [
      'changes its state',
      byArrays(
        '({ state, indices }) => { state("m").data[1] = 5; return [...indices]; }',
        FIT.replace('SOLVED', '({ m: { shape: [2], data: [1, 2] } })'),
      ),
      /it changes state "m"/,
    ],
    [
      'fits what has no shape',
      byArrays('({ indices }) => [...indices]', FIT.replace('SOLVED', '({ m: [1, 2] })')),
      /fit\.solve: m\.shape: expected a list of sizes/,
    ],
    [
      'fits what does not fill its shape',
      byArrays(
        '({ indices }) => [...indices]',
        FIT.replace('SOLVED', '({ m: { shape: [3], data: [1, 2] } })'),
      ),
      /fit\.solve: m: 2 numbers do not fill \[3\]/,
    ],
    [
      'gives NaN',
      byArrays('({ indices }) => Array.from(indices, (i) => i === 9 ? NaN : i)'),
      /method "wrong" of .*\.mjs gives NaN for sample 9 of blurred\/test/,
      'not-finite',
    ],
    [
      'gives infinity',
      byOps('({ ops, facts, tap }) => ops.div(ops.max(tap(facts.logits), 1), 0)'),
      /method "wrong" of .*\.mjs gives -?Infinity for sample/,
      'not-finite',
    ],
  ])(
    'that %s ends the run with its path and the fault',
    async (_what, text, message, code = 'invalid-input') => {
      const method = await loadText(text);
      await expect(scores(method)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    },
  );
});
