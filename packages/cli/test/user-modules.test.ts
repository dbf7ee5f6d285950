import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOfJson, importUserModule, sha256 } from '@oodgrid/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseModulesOnCluster, takeInModules } from '../src/grid/user-modules.js';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-modules-'));
  mkdirSync(at('folder.mjs'));
  const files = {
    'good.mjs': 'export default (kit) => ({ name: kit });',
    'typed.ts': 'export default 1;',
    'broken.mjs': 'export default (kit) => {',
    'throws.mjs': '\n\nthrow new Error("no such luck");',
    'misses.mjs': 'import "not-installed-anywhere"; export default () => 1;',
    'named.mjs': 'export const name = "mine";',
    'object.mjs': 'export default { name: "mine" };',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const register = (url: string) => importUserModule(url, '(kit) => ({ name, ... })');

describe('modules that a user names', () => {
  it('are imported by their URLs, in the order given', async () => {
    const urls: string[] = [];
    const taken = await takeInModules([at('good.mjs'), at('good.mjs')], async (url) => {
      urls.push(url);
      return (await register(url)).digest;
    });
    const digest = digestOfJson([sha256(readFileSync(at('good.mjs')))]);
    expect(taken).toEqual([digest, digest]);
    expect(urls).toEqual([at('good.mjs'), at('good.mjs')].map((path) => pathToFileURL(path).href));
  });

  it.each([
    ['none.mjs', 'not-found', /none\.mjs: there is no such file$/],
    ['folder.mjs', 'invalid-input', /folder\.mjs: is no file; name the module itself/],
    [
      'typed.ts',
      'invalid-input',
      /typed\.ts: is no JavaScript module \(\.mjs, \.js, \.cjs\); compile it first$/,
    ],
    ['broken.mjs', 'invalid-input', /broken\.mjs: cannot be loaded: /],
    ['throws.mjs', 'invalid-input', /throws\.mjs: cannot be loaded: no such luck/],
    ['misses.mjs', 'invalid-input', /misses\.mjs: cannot be loaded: .*not-installed-anywhere/],
    ['named.mjs', 'invalid-input', /named\.mjs: has no default export; write "export default \(kit\) =>/],
    [
      'object.mjs',
      'invalid-input',
      /object\.mjs: exports an object by default; write "export default \(kit\) =>/,
    ],
  ])('are refused with the file and what to do: %s', async (name, code, message) => {
    await expect(takeInModules([at(name)], register)).rejects.toEqual(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('are for this machine: a submission to a coordinator is refused with the reason', () => {
    expect(() => refuseModulesOnCluster('--protocol', ['./mine.mjs'], '127.0.0.1:7433')).toThrow(
      /^--protocol \.\/mine\.mjs: a coordinator and its workers load no code that comes with a submission/,
    );
    expect(() => refuseModulesOnCluster('--protocol', ['./mine.mjs'], undefined)).not.toThrow();
    expect(() => refuseModulesOnCluster('--protocol', [], '127.0.0.1:7433')).not.toThrow();
  });
});
