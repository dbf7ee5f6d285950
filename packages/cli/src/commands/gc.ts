import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import type { CollectResponse } from '@oodgrid/contract/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { collectedText } from '../output/collected-text.js';

export default class Gc extends ClusterCommand {
  static override description =
    'Forget runs that ended long ago and remove blobs that nothing refers to; without --yes: say what would go';
  static override flags = {
    'older-than': Flags.string({ description: 'days since a run ended', default: '30' }),
    yes: Flags.boolean({ description: 'do it', default: false }),
    unfetched: Flags.boolean({
      description: 'also runs that are done and whose results nobody has written to a folder',
      default: false,
    }),
  };

  async run(): Promise<CollectResponse & { readonly isPreview: boolean }> {
    const { flags } = await this.parse(Gc);
    const text = flags['older-than'];
    const olderThanDays = text.trim() === '' ? Number.NaN : Number(text);
    if (!(olderThanDays >= 0)) {
      throw new OodError('invalid-input', `--older-than: ${JSON.stringify(text)} is no number of days`);
    }
    const request = { olderThanDays, isPreview: !flags.yes, withUnfetched: flags.unfetched };
    const collected = await this.ask(flags, (client) => client.collect(request));
    this.log(collectedText(collected, request));
    return { ...collected, isPreview: request.isPreview };
  }
}
