import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES, EXIT_CODES, WARNING_CODES } from '@oodgrid/contract';
import { gridSchema } from '@oodgrid/grid';
import { expect, it } from 'vitest';
import { OUTPUT_SCHEMAS } from '../src/output/json-schemas.js';

const doc = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

it('docs/cli.md has every exit code and every command', () => {
  const table = new Map(
    [...doc('cli.md').matchAll(/^\| (\d+) \| .*\(`([\w-]+)`\) \|$/gm)].map(([, code, name]) => [
      name,
      Number(code),
    ]),
  );
  expect(Object.fromEntries(table)).toEqual(EXIT_CODES);
  expect(table.size).toBe(ERROR_CODES.length);
  for (const command of Object.keys(OUTPUT_SCHEMAS)) expect(doc('cli.md')).toContain(`\`${command}`);
});

it('docs/security.md names a test for each threat, and each is there', () => {
  const rows = doc('security.md')
    .split('## Threats')[1]
    ?.split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| threat') && !line.startsWith('| ---'));
  expect(rows?.length).toBeGreaterThan(15);
  for (const row of rows ?? []) {
    const tests = [...row.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path]) => path ?? '');
    expect(tests, row).not.toEqual([]);
    for (const path of tests)
      expect(existsSync(new URL(`../../../${path}`, import.meta.url)), path).toBe(true);
  }
});

it('docs/warnings.md has every code', () => {
  const rows = [...doc('warnings.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code]) => code);
  expect(rows).toEqual([...WARNING_CODES]);
});

it('docs/grid.md has every key, docs/methods every method as the code and its reference script have it', async () => {
  for (const key of Object.keys(gridSchema().shape)) expect(doc('grid.md')).toContain(`| \`${key}\` |`);
  const files: { staleFiles(root: string): Promise<string[]> } = await import(
    new URL('../../../scripts/generate/files.mjs', import.meta.url).href
  );
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  expect(await files.staleFiles(root)).toEqual([]);
});
