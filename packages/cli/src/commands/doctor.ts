import { EXIT_CODES } from '@oodgrid/contract';
import { cliContext } from '../context.js';
import type { Check } from '../doctor/check.js';
import { checkData, checkModels } from '../doctor/check-assets.js';
import { checkEngine } from '../doctor/check-engine.js';
import { checkCache, checkMachine, checkNode } from '../doctor/check-machine.js';
import { OodCommand } from '../ood-command.js';

const MARKS = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' } as const;

export default class Doctor extends OodCommand {
  static override description =
    'Show engine, versions, device, data and cache, and what to do about each problem';

  async run(): Promise<{ checks: Check[] }> {
    await this.parse(Doctor);
    const { cacheDir, modelsDir } = cliContext([]);
    const engine = await checkEngine(cacheDir);
    const checks = [
      checkNode(),
      checkMachine(),
      ...engine,
      await checkCache(cacheDir),
      await checkModels(modelsDir),
      ...(await checkData(cacheDir)),
    ];
    for (const { name, state, detail, fix } of checks) {
      this.log(`${MARKS[state]}  ${name.padEnd(20)} ${detail}`);
      if (fix !== '') this.log(`${' '.repeat(30)}-> ${fix}`);
    }
    const isEngineMissing = engine.some(({ state }) => state === 'problem');
    if (isEngineMissing) process.exitCode = EXIT_CODES['engine-missing'];
    else if (checks.some(({ state }) => state === 'problem')) process.exitCode = EXIT_CODES['corrupt-data'];
    return { checks };
  }
}
