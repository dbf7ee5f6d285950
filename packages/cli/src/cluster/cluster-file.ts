import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, OodError } from '@oodgrid/contract';
import { z } from 'zod';

const SCHEMA = 'oodgrid.cluster/v1';

const clusterFileSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  /** HOST:PORT of the coordinator on every network that its machine is on, best first. */
  addresses: z.array(z.string().min(1)).min(1).max(100).readonly(),
  /** Time of writing, as text for people. */
  writtenAt: z.string(),
});

/** Address, certificate authority and token of a coordinator, for workers and clients on machines that share its file system. */
export type ClusterFile = z.infer<typeof clusterFileSchema>;

/** A file system of many machines shows a new file late. */
const WAIT_MS = 60_000;
const RETRY_MS = 500;

/** Writes it whole, readable by its owner alone. Throws with the code of what keeps it from being written. */
export async function writeClusterFile(path: string, addresses: readonly string[], at: Date): Promise<void> {
  const file: ClusterFile = { schema: SCHEMA, addresses, writtenAt: at.toISOString() };
  const temporary = join(dirname(path), `.ood-grid-${randomUUID()}`);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    const { code, message } = OodError.from(cause);
    throw new OodError(code, `${path}: the cluster file cannot be written: ${message}`, { cause });
  }
}

/** Throws `not-found`, or `corrupt-data` for what is no such file. */
export async function readClusterFile(path: string): Promise<ClusterFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const { code, message } = OodError.from(cause);
    const advice = code === 'not-found' ? '; "ood-cli serve --cluster-file" writes it' : '';
    throw new OodError(code, `${path}: the cluster file cannot be read: ${message}${advice}`, { cause });
  });
  const parsed = clusterFileSchema.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new OodError(
    'corrupt-data',
    `${path}: no cluster file of this version: ${parsed.error.issues[0]?.message ?? ''}; start the coordinator again, which writes it anew`,
  );
}

/** As `readClusterFile`, and waits a minute for the file to be there. */
export async function awaitClusterFile(path: string, log: Log, waitMs = WAIT_MS): Promise<ClusterFile> {
  const until = performance.now() + waitMs;
  for (let isTold = false; ; isTold = true) {
    try {
      return await readClusterFile(path);
    } catch (thrown) {
      if (performance.now() >= until) throw thrown;
      if (!isTold) log(`${OodError.from(thrown).message}; waiting up to a minute for it`, { level: 'warn' });
      await sleep(RETRY_MS);
    }
  }
}

/**
 * Returns the addresses of a coordinator that listens on `listen`: that address, or where it is all of the machine's, its name and
 * every address that others can see, and the loopback address last, for this machine itself.
 */
export function reachableAddresses(listen: string, port: number, interfaces = networkInterfaces()): string[] {
  const host = listen.replace(/:\d+$/, '');
  if (host !== '0.0.0.0' && host !== '[::]') return [listen.startsWith('unix:') ? listen : `${host}:${port}`];
  const found = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    // A link-local address needs to be told which link it is of.
    .filter(({ internal, address }) => !internal && !/^(fe80|169\.254)/i.test(address))
    .filter(({ family }) => family === 'IPv4' || host === '[::]')
    .map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address));
  return [...new Set([hostname(), ...found, '127.0.0.1'])].map((one) => `${one}:${port}`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
