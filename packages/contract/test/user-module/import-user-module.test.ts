import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importUserModule, sha256 } from '../../src/index.js';
import { digestOfParts, modulePartsOf } from '../../src/user-module/module-parts.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-module-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name)).href;
};
const expects = '() => nothing';

describe('the digest of a module', () => {
  it('changes with the module and with every file that it names, and with nothing else', async () => {
    write('data.json', '1');
    write('deep.js', 'export const factor = 2;');
    write('part.mjs', "export * from './deep.js';");
    write('named.mjs', "new Worker('./deeper.txt');");
    write('deeper.txt', '1');
    write('unused.mjs', '1');
    const reading = "import './part.mjs'; new URL('./data.json', import.meta.url); './named.mjs'";
    const url = write('mine.mjs', `${reading}; './no-such-file'; './';`);
    const digest = async () => digestOfParts(await modulePartsOf(url));
    const first = await digest();
    write('unused.mjs', '2');
    expect(await digest()).toBe(first);
    const seen = new Set([first]);
    for (const [name, text] of [
      ['data.json', '2'],
      ['deep.js', 'export const factor = 3;'],
      ['named.mjs', "new Worker('./deeper.txt'); // A comment."],
      ['deeper.txt', '2'],
      ['mine.mjs', `${reading};`],
    ] as const) {
      write(name, text);
      seen.add(await digest());
    }
    expect(seen.size).toBe(6);
  });

  it('is what an import finds', async () => {
    const url = write('mine.mjs', 'export default () => 7;');
    const { exported, digest } = await importUserModule(url, expects);
    expect(exported).toBeTypeOf('function');
    expect(digest).toBe(digestOfParts(await modulePartsOf(url)));
    expect(await importUserModule(url, expects, digest)).toEqual({ exported, digest });
  });
});

describe('a module is refused', () => {
  it.each([
    ['export const one = 1;', /mine\.mjs: has no default export; write "export default \(\) => nothing"/],
    ['export default [];', /mine\.mjs: exports a list by default/],
    ['export default (', /mine\.mjs: cannot be loaded: /],
    ["import './none.mjs';\nexport default () => 1;", /mine\.mjs: cannot be loaded: .*none\.mjs/],
    ['let a = 1;\nthrow new Error("not today");', /cannot be loaded: not today/],
    ['const name = "./x.mjs";\nexport default () => import(name);', /line 2 imports a name that is computed/],
    ['globalThis.module = 1;', /is no ES module/],
  ])('which is %o', async (text, message) => {
    await expect(importUserModule(write('mine.mjs', text), expects)).rejects.toEqual(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) }),
    );
  });

  it('that is not the one another process has, or that this one has imported', async () => {
    const changed = /it was changed after it had been read; run the command again/;
    const url = write('mine.mjs', "import './part.mjs';\nexport default () => 7;\n");
    write('part.mjs', 'export default 1;');
    await expect(importUserModule(url, expects, sha256('as it was'))).rejects.toThrow(changed);
    await importUserModule(url, expects);
    write('part.mjs', 'export default 2;');
    await expect(importUserModule(url, expects)).rejects.toThrow(changed);
  });
});
