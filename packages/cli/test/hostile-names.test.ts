import { Config } from '@oclif/core';
import { textTable } from '@oodgrid/report';
import { describe, expect, it, vi } from 'vitest';
import { OodCommand } from '../src/ood-command.js';
import { runsText, runText, workersText } from '../src/output/cluster-reports.js';
import { StatusLine } from '../src/progress/status-line.js';
import { fakeOutput } from './fake-output.js';

const HOSTILE = [
  '\u001b[31mred\u001b]0;title\u0007',
  '\u009b31m and \u0000',
  'two\nlines\r\tand more',
  'bidi \u202egnp.exe\u2066 \u2028',
];
const ACTIVE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const summary = (name: string) => ({
  run: name,
  name,
  status: 'failed',
  submittedAt: '2026-01-02T03:04:05.000Z',
  seconds: 1,
  priority: 0,
  numericsClass: name,
  tasks: [{ state: name, count: 1 }],
  reusedUnits: 1,
  result: '',
  problemCode: 'internal',
  problemMessage: `first ${name}`,
  waitsFor: name,
  mergedCells: 0,
  cells: 0,
  statusSeconds: 1,
  running: [{ cell: name, auroc: 0.5, share: 0.5, low: 0.1, high: 0.9 }],
});
const detail = (name: string) => ({
  id: name,
  state: name,
  attempts: 1,
  workers: [name],
  problem: `${name}\nsecond line`,
  logTail: `${name}\nlast line`,
});
const worker = (name: string) => ({
  workerId: name,
  status: 'connected',
  numericsClass: name,
  device: name,
  leases: 0,
  slots: 1,
  memoryBytes: 1,
  doing: name,
  pid: 1,
  trouble: '',
  host: name,
  seconds: 1,
});

class Says extends OodCommand {
  static override id = 'says';
  static text = '';

  async run(): Promise<unknown> {
    await this.parse(Says);
    this.log(Says.text);
    this.logToStderr(Says.text);
    if (Says.text.includes('fail')) throw new Error(Says.text);
    return { text: Says.text };
  }
}

/** What a command writes to stdout and stderr. */
async function written(text: string, argv: string[] = []): Promise<{ stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((data) => {
      out[stream] += String(data);
      return true;
    }),
  );
  const logs = (['log', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((data) => {
      out[method === 'log' ? 'stdout' : 'stderr'] += `${data}\n`;
    }),
  );
  try {
    Says.text = text;
    await Says.run(argv, await Config.load(process.cwd()));
  } finally {
    for (const spy of [...spies, ...logs]) spy.mockRestore();
    process.exitCode = undefined;
  }
  return out;
}

describe.each(HOSTILE)('a name %j', (name) => {
  it('is one line of every list', () => {
    for (const text of [
      textTable(['head'], [[name]]),
      runsText([{ ...summary(name), waitsFor: '' }]),
      workersText([worker(name)]),
    ]) {
      expect(text).not.toMatch(ACTIVE);
      expect(text.split('\n')).toHaveLength(3);
    }
    expect(runsText([summary(name)])).not.toMatch(ACTIVE);
  });

  it('does nothing in what show prints; a log has its lines', () => {
    const text = runText(summary(name), [detail(name)]);
    expect(text).not.toMatch(ACTIVE);
    expect(text).toContain('    | last line');
    expect(text).toContain('    second line');
  });

  it.each([true, false])('does nothing in progress (terminal: %s)', (isTty) => {
    const { output, text } = fakeOutput(isTty);
    const line = new StatusLine(output, 0);
    line.update(`12/41 ${name}`, 0);
    line.say(`${name} left`);
    line.end(`${name} ended`);
    line.close();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what the status line itself sends.
    expect(text().replaceAll(/\u001b\[(?:\?2026[hl]|\d*[AGK])/g, '')).not.toMatch(ACTIVE);
  });

  it("does nothing in a command's results, remarks, errors and JSON", async () => {
    for (const text of [name, `fail ${name}`]) {
      const { stdout, stderr } = await written(text);
      expect(stdout.length * stderr.length).toBeGreaterThan(0);
      expect(`${stdout}${stderr}`).not.toMatch(ACTIVE);
      const json = (await written(text, ['--json'])).stdout;
      expect(json).not.toMatch(ACTIVE);
      expect(JSON.stringify(JSON.parse(json))).toContain(JSON.stringify(text).slice(1, -1));
    }
  });

  it('while the best of a table stays bold', async () => {
    expect((await written('\u001b[1m99.00\u001b[22m')).stdout).toContain('\u001b[1m99.00\u001b[22m');
  });
});
