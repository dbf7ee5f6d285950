import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { vi } from 'vitest';
import { z } from 'zod';

const streamsSchema = z.object({
  account_details: z
    .array(
      z.object({
        stream_detail: z.array(z.object({ cluster: z.object({ leader: z.string().optional() }) })).optional(),
      }),
    )
    .optional(),
});
const healthSchema = z.object({ status: z.literal('ok') });

interface Server {
  readonly name: string;
  readonly address: string;
  readonly monitoring: string;
  readonly child: ReturnType<typeof startServer>;
}

const startServer = (program: string, args: readonly string[]) =>
  execa(program, args, { stdio: 'ignore', buffer: false, reject: false });

const json = async (url: string): Promise<unknown> =>
  (await fetch(url, { signal: AbortSignal.timeout(2000) })).json();

/** Three nats-servers on loopback that hold their streams together. */
export class TestNatsCluster {
  readonly #servers: readonly Server[];

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** Resolves when each of them is well. */
  static async start(program: string, folder: string): Promise<TestNatsCluster> {
    const port = () => getPort({ host: '127.0.0.1' });
    const names = ['n0', 'n1', 'n2'];
    const routes = await Promise.all(names.map(async () => `nats://127.0.0.1:${await port()}`));
    const servers: Server[] = [];
    for (const [i, name] of names.entries()) {
      const [client, monitoring] = [await port(), await port()];
      const among = ['--cluster_name', 'test', '--cluster', routes[i] ?? '', '--routes', routes.join(',')];
      const where = ['-a', '127.0.0.1', '-p', String(client), '-m', String(monitoring)];
      const child = startServer(program, ['-n', name, '-js', '-sd', join(folder, name), ...where, ...among]);
      servers.push({
        name,
        address: `127.0.0.1:${client}`,
        monitoring: `http://127.0.0.1:${monitoring}`,
        child,
      });
    }
    const cluster = new TestNatsCluster(servers);
    await vi.waitFor(() => cluster.#areWell(), { timeout: 60_000, interval: 200 });
    return cluster;
  }

  /** Of one of them, which tells its clients of the others. */
  get address(): string {
    return this.#servers[0]?.address ?? '';
  }

  /** Throws while one of them is not. */
  async #areWell(): Promise<void> {
    for (const { monitoring } of this.#servers) healthSchema.parse(await json(`${monitoring}/healthz`));
  }

  /** The server that leads the only stream; undefined while there is none. */
  async leader(): Promise<Server | undefined> {
    for (const { monitoring, child } of this.#servers) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const found = streamsSchema.parse(await json(`${monitoring}/jsz?streams=true`));
      const leaders = (found.account_details ?? []).flatMap(({ stream_detail = [] }) =>
        stream_detail.map(({ cluster }) => cluster.leader),
      );
      const leader = this.#servers.find(({ name }) => leaders.includes(name));
      if (leader !== undefined) return leader;
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const { child } of this.#servers) child.kill('SIGKILL');
    await Promise.all(this.#servers.map(({ child }) => child));
  }
}
