import { readFileSync } from 'node:fs';
import { gridSchema } from '@oodgrid/grid';
import { methodPages } from '@oodgrid/methods';
import { ERROR_CODES, EXIT_CODES, WARNING_CODES } from '@oodgrid/protocol';
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

it('docs/warnings.md has every code', () => {
  const rows = [...doc('warnings.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code]) => code);
  expect(rows).toEqual([...WARNING_CODES]);
});

it('docs/grid.md has every key, docs/methods every method', () => {
  for (const key of Object.keys(gridSchema().shape)) expect(doc('grid.md')).toContain(`| \`${key}\` |`);
  for (const [name, text] of methodPages()) expect(doc(`methods/${name}`)).toBe(text);
});
