import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { unknownCommand } from '../src/usage/unknown-command.js';

const CLI = fileURLToPath(new URL('..', import.meta.url));
const COMMANDS = ['submit', 'runs', 'show', 'data list', 'data pull', 'methods show'];

describe('words that are no command', () => {
  it.each([
    ['submitt', 'unknown command "submitt" (did you mean "submit"?)'],
    ['submitt g.yaml', 'unknown command "submitt" (did you mean "submit"?)'],
    ['dta list', 'unknown command "dta" (did you mean "data"?)'],
    ['data lst', 'unknown command "data lst" (did you mean "data list"?)'],
    ['data everything', 'unknown command "data everything"; there are: data list, data pull'],
    ['xyzzy', 'unknown command "xyzzy"; see "ood-cli help"'],
    ['runs all', 'runs takes no argument "all"; see "ood-cli help runs"'],
    ['a\u001b[31m', 'unknown command "a\\x1b[31m"; see "ood-cli help"'],
  ])('%s', (words, message) => {
    const error = unknownCommand(words.split(' '), COMMANDS);
    expect([error.code, error.message]).toEqual(['invalid-input', message]);
  });
});

it('docs/cli.md names the commands without --json, and no others are without', async () => {
  const doc = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8').replaceAll('\n', ' ');
  const [, one = '', others = ''] =
    /Every command but `(\w+)` and those that run until they are stopped \(([^)]*)\) takes `--json`/.exec(
      doc,
    ) ?? [];
  const named = [one, ...others.split(', ').map((name) => name.replaceAll('`', ''))];
  const { commands } = await Config.load(CLI);
  const without = commands.filter(({ flags }) => !('json' in flags)).map(({ id }) => id.replaceAll(':', ' '));
  expect(without.sort()).toEqual(named.sort());
});
