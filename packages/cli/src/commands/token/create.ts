import { Flags } from '@oclif/core';
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS } from '@oodgrid/coordinator';
import { ROLES } from '@oodgrid/transport';
import { TokenCommand } from '../../cluster/token-command.js';
import { withSecretFile } from '../../output/secret-file.js';
import { type TokenEntry, tokenText } from '../../output/token-report.js';

export default class TokenCreate extends TokenCommand {
  static override description =
    'Make a token, and print it: it is told this once, and kept nowhere. From the first one on, every call to the coordinator needs one';
  static override examples = [
    '<%= config.bin %> token create --role admin --store /var/lib/ood-grid --output admin.token',
    '<%= config.bin %> token create --role submitter --name alice --days 90 --coordinator host:7433',
  ];
  static override flags = {
    role: Flags.option({
      description:
        'viewer: looks; submitter: also starts, stops and uploads; worker: computes; admin: everything',
      options: ROLES,
      required: true,
    })(),
    name: Flags.string({ description: 'whose it is or what it is for', default: '' }),
    days: Flags.integer({
      description: 'days until it expires',
      default: DEFAULT_TOKEN_DAYS,
      min: 1,
      max: MAX_TOKEN_DAYS,
    }),
    output: Flags.string({
      description: 'new file for the token, which only you may read, instead of printing it',
    }),
  };

  async run(): Promise<{ token?: string; summary: TokenEntry }> {
    const { flags } = await this.parse(TokenCreate);
    const { role, name, days, output } = flags;
    const create = () => this.withTokens(flags, (tokens) => tokens.create({ role, name, days }));
    if (output === undefined) {
      const { text, summary } = await create();
      this.log(text);
      this.logToStderr(tokenText(summary));
      return { token: text, summary };
    }
    const summary = await withSecretFile(output, async () => {
      const created = await create();
      return { text: created.text, value: created.summary };
    });
    this.log(`${tokenText(summary)}\nwritten to ${output}`);
    return { summary };
  }
}
