import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findArithmetic, loadMethodModule, planMethod } from '../../src/index.js';
import { LENET } from '../facts.js';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-methods-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files in a folder of their own: a module is loaded once by its URL. */
function write(files: Readonly<Record<string, string>>): (name: string) => string {
  const own = join(folder, String(count++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(own, name)), { recursive: true });
    writeFileSync(join(own, name), text);
  }
  return (name) => pathToFileURL(join(own, name)).href;
}

const GOOD = {
  name: '"margin"',
  revision: '1',
  card: '{ title: "Margin", score: "z1 - z2" }',
  config: 'z.strictObject({ powers: z.array(z.number()).default([1, 2]) })',
  sweep: '({ powers }) => ({ settings: powers.map((power) => ({ power })), fallback: 0 })',
  setting: 'z.object({ power: z.number() })',
  needs: '({ logits }) => ({ taps: [logits] })',
  score: '({ ops, facts, tap }) => ops.max(tap(facts.logits), 1)',
};

function text(parts: Readonly<Record<string, string | undefined>>, define = 'defineMethod'): string {
  const entries = Object.entries({ ...GOOD, ...parts }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  );
  return `export default ({ z, defineMethod, defineArrayMethod }) => ${define}({ ${entries.join(', ')} });`;
}

const load = (content: string) => loadMethodModule(write({ 'mine.mjs': content })('mine.mjs'));
const PLACES = { method: 'methods[0] margin', model: 'models[0] (lenet)' };

describe('a module of a method', () => {
  it('gives a method whose plan says what the module is made of', async () => {
    const method = await load(text({}));
    expect(method.arithmetic.module?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(planMethod(method, {}, LENET, PLACES)).toMatchObject({
      compute: 'margin',
      module: method.arithmetic.module?.digest,
      candidates: [{ power: 1 }, { power: 2 }],
    });
  });

  it('is never taken for another one of its name, nor for a method of the catalog', async () => {
    const [one, other] = [await load(text({})), await load(text({ revision: '2' }))];
    const digest = one.arithmetic.module?.digest;
    expect(findArithmetic('margin', digest, [other.arithmetic, one.arithmetic])).toBe(one.arithmetic);
    expect(() => findArithmetic('margin', digest, [other.arithmetic])).toThrow(
      /has not loaded the module of method "margin"/,
    );
    expect(() => findArithmetic('energy', digest, [])).toThrow(/has not loaded the module/);
    expect(() => findArithmetic('margin', undefined, [one.arithmetic])).toThrow(
      /this engine has no method "margin"/,
    );
  });

  it.each<[what: string, content: string, message: RegExp]>([
    [
      'no function',
      'export default { name: "mine" };',
      /exports an object by default; write "export default \(\{ z, defineMethod \}\) =>/,
    ],
    [
      'a function that throws',
      '\nexport default () => {\n  throw new Error("not today");\n};',
      /its function failed: not today/,
    ],
    [
      'what is no method',
      'export default () => ({ name: "mine" });',
      /it returns no method; wrap what your function returns/,
    ],
    ['nothing', 'export default () => undefined;', /it returns no method/],
    [
      'a name of the catalog',
      text({ name: '"energy"' }),
      /name: there is a method "energy" already; give this one another name/,
    ],
    ['a name of an arithmetic', text({ name: '"msp"' }), /name: there is a method "msp" already/],
    ['a name that no file can have', text({ name: '"My method"' }), /name: expected at most 60 letters/],
    ['no card', text({ card: undefined }), /card\.title: expected a text.*; card\.score: expected a text/],
    ['no score', text({ score: undefined }), /score: expected a function/],
    ['options that are no schema', text({ config: '{}' }), /config: expected kit\.z\.strictObject/],
    [
      'an option that every entry has',
      text({ config: 'z.strictObject({ as: z.string() })' }),
      /config: "as" is a key of every entry/,
    ],
    [
      'half a fit',
      text({ fit: '{ on: "val" }' }),
      /fit\.on: expected "train".*; fit\.collect: .*; fit\.solve:/,
    ],
    [
      'an import whose name is computed',
      `${text({})}\nconst name = "./x.mjs";\nawait import(name).catch(() => 0);`,
      /line 3 imports a name that is computed/,
    ],
    ['CommonJS', 'module.exports = () => 1;', /./],
  ])('is refused with its path and the reason: %s', async (_what, content, message) => {
    await expect(load(content)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(new RegExp(`^${folder}/\\d+/mine\\.mjs: .*${message.source}`, 's')),
    });
  });

  it.each<[what: string, parts: Parameters<typeof text>[0], message: RegExp]>([
    ['needs no list', { needs: '() => ({ taps: "logits" })' }, /needs: taps: expected the names of taps/],
    [
      'a sweep of words',
      { sweep: '() => ({ settings: [{ power: "two" }], fallback: 0 })' },
      /sweep: settings: 0\.power: expected numbers alone/,
    ],
    [
      'no setting',
      { sweep: '() => ({ settings: [], fallback: 0 })' },
      /sweep: settings: expected a setting at least/,
    ],
    [
      'a fallback beyond',
      { sweep: '() => ({ settings: [{ power: 1 }], fallback: 1 })' },
      /sweep: fallback: expected a position in settings, 0 to 0/,
    ],
    ['a promise', { sweep: 'async () => undefined' }, /sweep: returns a promise/],
    ['columns of one name', { columns: '() => ["a", "a"]' }, /columns: names one twice/],
    [
      'what it throws',
      { needs: '(facts) => facts.no.such' },
      /needs: Cannot read properties of undefined .*such/,
    ],
  ])('whose answer no plan can be made of says where: %s', async (_what, parts, message) => {
    const method = await load(text(parts));
    expect(() => planMethod(method, {}, LENET, PLACES)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) }),
    );
  });

  it('whose options make no setting is refused by its entry in the grid', async () => {
    const method = await load(text({ setting: 'z.object({ power: z.number().max(1) })' }));
    expect(() => planMethod(method, {}, LENET, PLACES)).toThrow(
      /^methods\[0\] margin: its options make the setting \{"power":2\}, which its own schema refuses/,
    );
  });

  it('is refused where another module has its name', async () => {
    const first = await load(text({}));
    const at = write({ 'mine.mjs': text({ revision: '3' }) });
    await expect(loadMethodModule(at('mine.mjs'), [first])).rejects.toThrow(
      /name: another module has a method "margin" already/,
    );
  });

  it('is refused where it is not what the command read', async () => {
    const { arithmetic } = await load(text({}));
    const at = write({ 'mine.mjs': text({ revision: '9' }) });
    await expect(loadMethodModule(at('mine.mjs'), [], arithmetic.module?.digest)).rejects.toThrow(
      /mine\.mjs: it was changed after it had been read; run the command again/,
    );
  });
});

it('is refused where a file of it has changed since this process imported it, which runs the former one', async () => {
  const at = write({ 'mine.mjs': `import './part.mjs';\n${text({})}`, 'part.mjs': 'export default 1;' });
  await loadMethodModule(at('mine.mjs'));
  writeFileSync(new URL(at('part.mjs')), 'export default 2;');
  await expect(loadMethodModule(at('mine.mjs'))).rejects.toThrow(/it was changed after it had been read/);
});

describe('what a module is made of', () => {
  const digestOf = async (files: Readonly<Record<string, string>>) =>
    (await loadMethodModule(write(files)('mine.mjs'))).arithmetic.module?.digest;
  const importing = `import { one } from './parts/one.mjs';\n${text({})}`;
  const files = {
    'mine.mjs': importing,
    'parts/one.mjs': 'export { two as one } from "./two.mjs";',
    'parts/two.mjs':
      'import "../mine.mjs";\nexport const two = (await import("../facts.json", { with: { type: "json" } })).default;',
    'facts.json': '{ "k": 1 }',
  };

  it('is its content and that of the files it imports, wherever they lie', async () => {
    expect(await digestOf(files)).toBe(await digestOf(files));
    for (const changed of Object.keys(files)) {
      const more = changed.endsWith('.json') ? ' ' : '\n// A comment.';
      const edited = { ...files, [changed]: `${files[changed as keyof typeof files]}${more}` };
      expect(await digestOf(edited), changed).not.toBe(await digestOf(files));
    }
  });

  it('is the version of a package too, and nothing of Node', async () => {
    const packaged = (version: string) => ({
      'mine.mjs': `import 'node:fs';\nimport 'some-package/part.js';\n${text({})}`,
      'node_modules/some-package/package.json': JSON.stringify({
        name: 'some-package',
        version,
        type: 'module',
      }),
      'node_modules/some-package/part.js': 'export default 1;',
    });
    expect(await digestOf(packaged('1.0.0'))).toBe(await digestOf(packaged('1.0.0')));
    expect(await digestOf(packaged('1.0.0'))).not.toBe(await digestOf(packaged('1.0.1')));
  });
});
