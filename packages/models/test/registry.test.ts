import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256 } from '@oodgrid/contract';
import { writeNpz } from '@oodgrid/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkModelSource } from '../src/check-model-source.js';
import { packModel, unpackModel } from '../src/packed-model.js';
import { findModelSource, modelSourceModules, modelSources, registerModelSource } from '../src/registry.js';
import { resolveModel } from '../src/resolve-model.js';
import { identityOf } from '../src/source-identity.js';
import { MODEL_SOURCES } from '../src/sources/catalog.js';

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) });
const moduleOf = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const LINEAR = new URL('./fixtures/linear.mjs', import.meta.url).href;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-sources-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

it('every source of the catalog passes the check of those that come from elsewhere', () => {
  for (const source of MODEL_SOURCES) expect(() => checkModelSource(source, source.kind)).not.toThrow();
});

describe('a source of a module', () => {
  it('is found by its kind once it is registered, and registered once', async () => {
    expect(() => findModelSource('linear')).toThrow(
      /unknown source of models "linear" \(known: safetensors, features\)/,
    );
    const linear = await registerModelSource(LINEAR);
    expect(await registerModelSource(LINEAR)).toBe(linear);
    expect(findModelSource('linear')).toBe(linear);
    expect(modelSources()).toEqual([...MODEL_SOURCES, linear]);
    expect(modelSourceModules()).toEqual([LINEAR]);
    await expect(registerModelSource(`${LINEAR}?again`)).rejects.toEqual(
      invalid(/there is a source of models "linear" already/),
    );
  });

  it('makes a model of options that its own schema parsed, and its files are told apart by what made it', async () => {
    const linear = await registerModelSource(LINEAR);
    const bytes = writeNpz(
      new Map([
        ['weight', { shape: [3, 4], data: new Float32Array(12).fill(0.5) }],
        ['bias', { shape: [3], data: new Float32Array(3) }],
      ]),
    );
    const context = { name: 'mine', read: async (path: string) => ({ path: `/${path}`, bytes }) };
    const model = await resolveModel(linear, { file: 'w.npz', side: 2 }, context);
    expect(model.facts).toMatchObject({ name: 'mine', classes: 3, features: 4 });
    await expect(resolveModel(linear, { side: 2 }, context)).rejects.toEqual(
      invalid(/model "mine": .*file/s),
    );
    const source = identityOf(linear);
    expect(unpackModel(packModel({ ...model, source }), 'mine')).toEqual({
      source,
      facts: model.facts,
      files: { npz: new Uint8Array(bytes) },
    });
    const digest = sha256('another module');
    const others = [{ revision: 2 }, { kind: 'other' }, { module: digest }].map((other) =>
      packModel({ ...model, source: { ...source, ...other } }),
    );
    expect(new Set([...others, packModel({ ...model, source })].map(String)).size).toBe(4);
  });

  it.each([
    [{ taps: ['pixels'] }, /logits.*is none of taps|is none of taps.*logits/s],
    [{ layers: ['other'] }, /one is none of taps/],
    [{ classes: 1 }, /classes/],
    [{ taps: ['logits', 'logits'] }, /one is there twice/],
    [{ offers: { head: true, gradient: false, dropout: true } }, /dropoutTap/],
  ])('is refused where its facts cannot be: %o', async (wrong, message) => {
    const linear = await registerModelSource(LINEAR);
    const facts = {
      architecture: 'a',
      classes: 2,
      input: [1, 1, 1],
      taps: ['pixels', 'logits'],
      layers: [],
      penultimate: 'pixels',
      features: 1,
      logits: 'logits',
      offers: { head: false, gradient: false, dropout: false },
      dropoutTap: null,
      memory: { weightBytes: 0, activationBytesPerImage: 0 },
      ...wrong,
    };
    const source = { ...linear, resolve: async () => ({ facts, files: {}, notes: [] }) };
    const context = { name: 'mine', read: () => Promise.reject(new Error('reads nothing')) };
    // @ts-expect-error: what a module in JavaScript gives is not known to be right.
    await expect(resolveModel(source, { file: 'w' }, context)).rejects.toEqual(invalid(message));
  });

  it.each([
    ['export default () => null', /expected a source of models/],
    [
      'export default () => ({ revision: 0.5 })',
      /kind: expected .*; revision: expected .*; config: expected .*; resolve: expected .*; open: expected/,
    ],
    [
      'export default ({ z }) => ({ kind: "x", revision: 1, config: z.object({ name: z.string() }), resolve() {}, open() {} })',
      /config: "name" is what every model has/,
    ],
    ['export default () => { throw new Error("no such luck") }', /its function failed: no such luck/],
  ])('is refused with all that is wrong: %s', async (source, message) => {
    await expect(registerModelSource(moduleOf(source))).rejects.toEqual(invalid(message));
  });

  it('that throws is told with its path, line and the model', async () => {
    const url = moduleOf(`export default ({ z }) => ({ kind: 'bad', revision: 1, config: z.object({}),
      resolve: () => { throw new Error('no luck') }, open() {} })`);
    const bad = await registerModelSource(url);
    const context = { name: 'mine', read: () => Promise.reject(new Error('reads nothing')) };
    await expect(resolveModel(bad, {}, context)).rejects.toEqual(invalid(/resolve of model "mine": no luck/));
  });
});
