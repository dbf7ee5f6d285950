import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';
import { changed, type Step, stepsOf } from './guide.js';

const GUIDES = join(ROOT, 'docs', 'guides');
const pages = readdirSync(GUIDES).filter((name) => name.startsWith('add-a-'));

const { cacheDir } = testCache();
let tree: string;

/** The project as a newcomer has it, compiled; what guides change is a copy. */
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'oodgrid-guides-'));
  for (const name of ['packages', 'models', 'test']) {
    // Links among packages stay links, so that they lead to the copies.
    cpSync(join(ROOT, name), join(tree, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of readdirSync(ROOT).filter((one) => /^(tsconfig.*|package)\.json$/.test(one))) {
    cpSync(join(ROOT, name), join(tree, name));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

async function run(command: string): Promise<string> {
  const programs: Readonly<Record<string, readonly string[]>> = {
    'ood-cli': [join(tree, 'packages', 'cli', 'bin', 'run.js')],
    'npx tsc': [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')],
    node: [],
  };
  const found = Object.entries(programs).find(([name]) => command.startsWith(`${name} `));
  if (found === undefined) throw new Error(`a guide runs what nobody has: ${command}`);
  const [name, script] = found;
  const args = [...script, ...command.slice(name.length + 1).split(' ')];
  const { all, exitCode } = await execa(process.execPath, args, {
    cwd: tree,
    all: true,
    reject: false,
    env: { NO_COLOR: '1', OODGRID_CACHE: cacheDir },
  });
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${all}`);
  return all;
}

async function follow(steps: readonly Step[]): Promise<void> {
  let seen = '';
  for (const step of steps) {
    switch (step.kind) {
      case 'write':
        mkdirSync(dirname(join(tree, step.path)), { recursive: true });
        writeFileSync(join(tree, step.path), step.text);
        break;
      case 'change':
        writeFileSync(
          join(tree, step.path),
          changed(readFileSync(join(tree, step.path), 'utf8'), step.text, step.path),
        );
        break;
      case 'run':
        seen = '';
        for (const command of step.commands) seen += await run(command);
        break;
      case 'see':
        for (const line of step.lines) expect(seen).toContain(line);
    }
  }
}

describe('what the guides say', () => {
  it.each(pages)(
    '%s is true, step by step',
    async (page) => {
      const steps = stepsOf(join(GUIDES, page));
      expect(
        steps.map(({ kind }) => kind),
        basename(page),
      ).toEqual(expect.arrayContaining(['write', 'run', 'see']));
      await follow(steps);
    },
    240_000,
  );
});
