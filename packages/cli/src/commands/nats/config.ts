import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import { storeId } from '@oodgrid/coordinator';
import {
  coordinatorPermissions,
  makeNkey,
  type NatsPermissions,
  type NatsUser,
  natsServerConfig,
  workerPermissions,
} from '@oodgrid/transport';
import { tlsFiles, tlsFlags } from '../../cluster/connection-flags.js';
import { OodCommand } from '../../ood-command.js';
import { withSecretFile } from '../../output/secret-file.js';

interface MadeUser {
  readonly title: string;
  /** File of its seed. */
  readonly seed: string;
  readonly publicKey: string;
}

export default class NatsConfig extends OodCommand {
  static override description =
    'Make the configuration of a nats-server whose users may do what they must and nothing else, and their keys';
  static override examples = [
    '<%= config.bin %> nats config --output ./nats',
    '<%= config.bin %> nats config --store /var/lib/ood-grid --output ./nats --pool "CLASS OF ood-cli workers"',
  ];
  static override flags = {
    store: Flags.string({ description: "folder of the coordinator's store, whose queue alone it may use" }),
    output: Flags.string({
      description: 'new folder for the configuration and the seeds of the keys',
      required: true,
    }),
    pool: Flags.string({
      description:
        'numerics class, as "ood-cli workers" prints it, whose workers get a key of their own (repeatable; default: one key for all workers)',
      multiple: true,
      multipleNonGreedy: true,
      // No default: it would count as given.
      dependsOn: ['store'],
    }),
    jetstream: Flags.string({ description: "folder of the server's JetStream", default: './jetstream' }),
    ...tlsFlags,
  };

  async run(): Promise<{ config: string; users: readonly MadeUser[] }> {
    const { flags } = await this.parse(NatsConfig);
    const folder = resolve(flags.output);
    const tls = serverFiles(flags);
    const pools = flags.pool ?? [];
    const queue = flags.store === undefined ? null : storeId(flags.store);
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (cause) {
      const { message } = OodError.from(cause);
      throw new OodError('conflict', `${folder} cannot be made as a new folder: ${message}`, { cause });
    }
    const made: MadeUser[] = [];
    const users: NatsUser[] = [];
    const add = async (title: string, file: string, permissions: (publicKey: string) => NatsPermissions) => {
      const seed = join(folder, file);
      const publicKey = await withSecretFile(seed, async () => {
        const pair = makeNkey();
        return { text: pair.seed, value: pair.publicKey };
      });
      made.push({ title, seed, publicKey });
      users.push({ title, publicKey, permissions: permissions(publicKey) });
    };
    await add('coordinator', 'coordinator.nkey', (key) => coordinatorPermissions(queue, key));
    if (queue === null || pools.length === 0)
      await add('workers', 'worker.nkey', (key) => workerPermissions(null, key));
    else {
      for (const [index, pool] of pools.entries()) {
        const file = `worker-${index + 1}.nkey`;
        await add(`workers of ${pool}`, file, (key) => workerPermissions({ queue, pool }, key));
      }
    }
    const config = join(folder, 'nats-server.conf');
    writeFileSync(config, natsServerConfig({ users, storeDir: flags.jetstream, tls }));
    for (const { title, seed } of made) this.log(`${title}: --nats-nkey ${seed}`);
    this.log(`server: nats-server -c ${config}`);
    return { config, users: made };
  }
}

function serverFiles(flags: Parameters<typeof tlsFiles>[0]) {
  const files = tlsFiles(flags);
  if (files === null) return null;
  const { cert, key, ca } = files;
  if (cert === null || key === null)
    throw new OodError('invalid-input', 'the server needs --tls-cert and --tls-key for TLS');
  return { cert: resolve(cert), key: resolve(key), ca: ca === null ? null : resolve(ca) };
}
