import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';

const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const rows = (page.split('\n## Threats\n')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => {
    const [, threat = '', , shown = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const tests = [...shown.matchAll(/`([^`]+)` "([^"]+)"/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    }));
    return { threat, shown, tests };
  });

describe('docs/security.md', () => {
  it('has threats, each with the tests that show what stands against it', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const { threat, shown, tests } of rows) {
      expect(tests, threat).not.toEqual([]);
      // Nothing in the column but tests.
      expect(tests.map(({ file, title }) => `\`${file}\` "${title}"`).join('<br>')).toBe(shown);
    }
  });

  it.each(rows.flatMap(({ tests }) => tests.map(({ file, title }) => [file, title] as const)))(
    '%s has the test "%s", which is not skipped',
    (file, title) => {
      expect(existsSync(join(ROOT, file))).toBe(true);
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      // The first argument of `it`, `describe` or of what `each` gives, or a title in such a table.
      const [found] = lines.flatMap((line, at) => {
        const titled = /^\s*(?:(?:it|describe)(?:\.each\(.*\))?\(|\]?.*\)\(|\[)?\s*['"`]/.test(line);
        return titled && line.replaceAll("\\'", "'").includes(title) ? [at] : [];
      });
      if (found === undefined) throw new Error(`${file} has no test "${title}"`);
      const around = lines.slice(Math.max(0, found - 1), found + 1).join('\n');
      expect(around).not.toMatch(/\.(?:skip|todo|only)\b|\bxit\(/);
    },
  );
});
