import { EXIT_CODES } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';

describe('what is typed wrongly is refused with exit code 2 and what was meant', () => {
  it.each([
    [['submitt', 'grid.yaml'], 'unknown command "submitt" (did you mean "submit"?)'],
    [['help', 'submitt'], 'unknown command "submitt" (did you mean "submit"?)'],
    [['data', 'lst'], 'unknown command "data lst" (did you mean "data list"?)'],
    [
      ['submit', '--worker', '2', 'x'],
      'unknown flag "--worker" (did you mean "--workers"?); see "ood-cli help submit"',
    ],
    [['show', '--coordinatr', 'x', 'r'], 'unknown flag "--coordinatr" (did you mean "--coordinator"?)'],
    [['up', '--json'], 'up has no --json: it has no result to print'],
    [['submit', '--workers', '0', 'x'], '--workers: expected an integer greater than or equal to 1'],
    [
      ['slurm', 'script', '--cluster-file', 'x', '--idle', '3'],
      '--idle 3: expected 0 (workers stay) or at least 5',
    ],
    [['plan'], 'grid file (yaml), or - for standard input'],
    [['data', 'verify', '--nonsense'], 'unknown flag "--nonsense"; see "ood-cli help data verify"'],
    [['plan', 'a', 'b'], 'Unexpected argument: b'],
  ])('%j', async (args, message) => {
    // A developer's environment, in which oclif has more to say.
    const { code, stdout, stderr } = await oodCli(args, { NODE_ENV: 'development' });
    expect([code, stdout, stderr]).toEqual([
      EXIT_CODES['invalid-input'],
      '',
      expect.stringContaining(message),
    ]);
    expect(stderr).not.toMatch(/warning|unparsed/i);
    if (args[0] === 'up') return;
    const asJson = await oodCli([...args, '--json']);
    expect(asJson.code).toBe(EXIT_CODES['invalid-input']);
    if (args[0] !== 'help')
      expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: 'invalid-input' } });
  });
});

it.each([
  [['show'], 'id of the run'],
  [['cancel'], 'id of the run'],
  [['drain'], 'worker'],
  [['models', 'show'], 'name of the model'],
  [['data', 'pull'], 'data set'],
])('%j takes nothing from a pipe for what is missing: that is an error', async (args, message) => {
  const { code, stdout, stderr } = await oodCli(args, {}, ROOT, 'lenet-fmnist\n');
  expect([code, stdout]).toEqual([EXIT_CODES['invalid-input'], '']);
  expect(stderr).toMatch(/Missing 1 required arg|missing/i);
  expect(stderr).toContain(message);
});

it('help and help COMMAND print to stdout', async () => {
  expect((await oodCli(['help'])).stdout).toMatch(/COMMANDS[\s\S]* submit /);
  const { code, stdout } = await oodCli(['help', 'data', 'pull']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('ood-cli data pull')]);
});
