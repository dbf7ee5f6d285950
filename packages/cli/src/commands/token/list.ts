import { TokenCommand } from '../../cluster/token-command.js';
import { type TokenEntry, tokensText } from '../../output/token-report.js';

export default class TokenList extends TokenCommand {
  static override description = 'List the tokens of a coordinator, also those that are over';

  async run(): Promise<{ tokens: readonly TokenEntry[] }> {
    const { flags } = await this.parse(TokenList);
    const tokens = await this.withTokens(flags, (known) => known.list());
    this.log(tokensText(tokens));
    return { tokens };
  }
}
