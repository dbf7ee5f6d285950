import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { type BackedUp, backUpStore } from '@oodgrid/coordinator';
import { cliContext } from '../context.js';
import { OodCommand } from '../ood-command.js';
import { byteSize } from '../output/byte-size.js';
import { defaultStore, storeDescription } from '../output/default-store.js';
import { lostText } from '../output/lost-blobs-text.js';
import { requireWritable } from '../output/writable-folder.js';

export default class Backup extends OodCommand {
  static override description =
    "Copy a coordinator's store into a folder, while the coordinator runs or not; a back-up that is there becomes a newer one";
  static override args = { folder: Args.string({ description: 'folder of the back-up', required: true }) };
  static override flags = { store: Flags.string({ description: storeDescription }) };

  async run(): Promise<BackedUp> {
    const { args, flags } = await this.parse(Backup);
    const store = flags.store ?? defaultStore(cliContext([]));
    const folder = resolve(args.folder);
    await requireWritable(folder, 'the folder of the back-up', 'name another one');
    const done = await backUpStore(resolve(store), folder, () => new Date());
    const { databaseBytes, blobs, blobBytes, lost } = done;
    const added = `${blobs} new blobs (${byteSize(blobBytes)})`;
    this.log(`${folder}: as of ${done.at}: database ${byteSize(databaseBytes)}, ${added}`);
    if (lost.length > 0) cliContext([]).log(lostText(store, lost));
    return done;
  }
}
