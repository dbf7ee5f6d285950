import { Args, Help as HelpOf } from '@oclif/core';
import { OodCommand } from '../ood-command.js';
import { unknownCommand } from '../usage/unknown-command.js';

export default class Help extends OodCommand {
  static override enableJsonFlag = false;
  static override description = 'Show what a command does and takes';
  static override examples = ['<%= config.bin %> help submit', '<%= config.bin %> help data pull'];
  static override strict = false;
  static override args = {
    command: Args.string({ description: 'the command; all of them without' }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const words = argv.map(String);
    const commands = this.config.commands.map(({ id }) => id.replaceAll(':', ' '));
    const isKnown = commands.some(
      (name) => name === words.join(' ') || (words.length === 1 && name.startsWith(`${words[0]} `)),
    );
    if (words.length > 0 && !isKnown) throw unknownCommand(words, commands);
    await new HelpOf(this.config).showHelp(words);
  }
}
