import { Args } from '@oclif/core';
import { TokenCommand } from '../../cluster/token-command.js';
import { type TokenEntry, tokenText } from '../../output/token-report.js';

export default class TokenRevoke extends TokenCommand {
  static override description = 'End a token at once, with every call that is open by it';
  static override args = {
    token: Args.string({ description: 'id of the token, as "ood-cli token list" prints it', required: true }),
  };

  async run(): Promise<{ token: TokenEntry }> {
    const { args, flags } = await this.parse(TokenRevoke);
    const token = await this.withTokens(flags, (tokens) => tokens.revoke(args.token));
    this.log(tokenText(token));
    return { token };
  }
}
