import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import { OUTPUT_SCHEMAS, schemaFiles } from '../src/output/json-schemas.js';

const SCHEMAS = fileURLToPath(new URL('../../../schemas/', import.meta.url));
const CLI = fileURLToPath(new URL('..', import.meta.url));

describe('what users build on', () => {
  it.each([...schemaFiles().keys()])('schemas/%s.schema.json is what the code says', async (name) => {
    const text = `${JSON.stringify(schemaFiles().get(name), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`${SCHEMAS}${name}.schema.json`);
  });

  it('commands and flags change only on purpose', async () => {
    const config = await Config.load(CLI);
    const commands = config.commands
      .map(({ id, args, flags }) => ({
        command: id.replaceAll(':', ' '),
        args: Object.values(args).map(({ name, required = false }) => `${name}${required ? '' : '?'}`),
        flags: Object.values(flags)
          .map(({ name, type, char }) => `--${name}${char === undefined ? '' : ` -${char}`} (${type})`)
          .sort(),
      }))
      .sort((a, b) => (a.command < b.command ? -1 : 1));
    // A command that runs until it is stopped has no output.
    const withOutput = commands.filter(({ flags }) => flags.includes('--json (boolean)'));
    expect(withOutput.map(({ command }) => command).sort()).toEqual(Object.keys(OUTPUT_SCHEMAS).sort());
    await expect(`${JSON.stringify(commands, null, 2)}\n`).toMatchFileSnapshot('./commands.snapshot.json');
  });
});
