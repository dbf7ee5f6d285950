import type { Hook } from '@oclif/core';
import { EXIT_CODES, visibleJson, visibleLines } from '@oodgrid/contract';
import { unknownCommand } from '../usage/unknown-command.js';

/** oclif asks this about words that are no command. */
const commandNotFound: Hook.CommandNotFound = async function ({ id, argv = [], config }) {
  const commands = config.commands.map((command) => command.id.replaceAll(':', ' '));
  const { code, message } = unknownCommand(id.split(':'), commands);
  if (argv.includes('--json'))
    process.stdout.write(`${visibleJson(JSON.stringify({ error: { code, message } }, null, 2))}\n`);
  process.stderr.write(`error: ${visibleLines(message)}\n`);
  this.exit(EXIT_CODES[code]);
};

// oclif takes a module's default.
export default commandNotFound;
