import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { type Restored, restoreStore } from '@oodgrid/coordinator';
import { cliContext } from '../context.js';
import { OodCommand } from '../ood-command.js';
import { byteSize } from '../output/byte-size.js';
import { defaultStore, storeDescription } from '../output/default-store.js';
import { lostText } from '../output/lost-blobs-text.js';
import { requireWritable } from '../output/writable-folder.js';

export default class Restore extends OodCommand {
  static override description = "Put a back-up in place as a coordinator's store, where there is none";
  static override args = { folder: Args.string({ description: 'folder of the back-up', required: true }) };
  static override flags = { store: Flags.string({ description: storeDescription }) };

  async run(): Promise<Restored> {
    const { args, flags } = await this.parse(Restore);
    const store = resolve(flags.store ?? defaultStore(cliContext([])));
    await requireWritable(store, "the coordinator's store", 'give another --store');
    const folder = resolve(args.folder);
    const done = await restoreStore(folder, store);
    this.log(`${store}: as of ${done.at}, with ${done.blobs} blobs (${byteSize(done.blobBytes)})`);
    if (done.lost.length > 0) cliContext([]).log(lostText(folder, done.lost));
    return done;
  }
}
