import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/protocol';
import type { CollectResponse } from '@oodgrid/protocol/wire';
import { ClusterCommand } from '../cluster/cluster-command.js';

export default class Gc extends ClusterCommand {
  static override description =
    'Forget runs that ended long ago and remove blobs that nothing refers to any more';
  static override flags = {
    'older-than': Flags.string({ description: 'days since a run ended', default: '30' }),
  };

  async run(): Promise<CollectResponse> {
    const { flags } = await this.parse(Gc);
    const days = Number(flags['older-than']);
    if (!(days >= 0))
      throw new OodError('invalid-input', `--older-than: ${flags['older-than']} is no number of days`);
    const collected = await this.ask(flags.coordinator, (client) => client.collect(days));
    const mebibytes = (collected.bytes / 1024 ** 2).toFixed(1);
    this.log(`${collected.runs} runs forgotten, ${collected.blobs} blobs removed (${mebibytes} MiB)`);
    return collected;
  }
}
