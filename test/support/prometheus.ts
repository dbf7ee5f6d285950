import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { z } from 'zod';
import { ROOT } from './cli.js';

let programs: Promise<string> | undefined;

/** Folder of `prometheus` and `promtool`; fails with the reason where they cannot be had. */
function prometheusPrograms(): Promise<string> {
  programs ??= execa(process.execPath, [join(ROOT, 'scripts', 'servers', 'prometheus.mjs')]).then(
    ({ stdout }) => stdout.trim(),
  );
  return programs;
}

/** Runs promtool; gives its output and exit code. */
export async function promtool(args: readonly string[], input?: string) {
  const { exitCode, all } = await execa(join(await prometheusPrograms(), 'promtool'), args, {
    all: true,
    reject: false,
    ...(input === undefined ? {} : { input }),
  });
  return { code: exitCode, text: all ?? '' };
}

const answer = <T extends z.ZodType>(data: T) =>
  z.discriminatedUnion('status', [
    z.object({ status: z.literal('success'), data }),
    z.object({ status: z.literal('error'), error: z.string() }),
  ]);
const seriesAnswer = answer(
  z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
);
const alertsAnswer = answer(
  z.object({ alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })) }),
);

type Series = { readonly metric: Readonly<Record<string, string>> };

const start = (program: string, args: readonly string[]) =>
  execa(program, args, { stdio: 'ignore', reject: false });

/** A real Prometheus on a loopback port, which scrapes every second. */
export class TestPrometheus {
  readonly #child: ReturnType<typeof start>;
  readonly url: string;

  private constructor(child: ReturnType<typeof start>, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** `targets`: addresses by job. */
  static async start(
    folder: string,
    targets: Readonly<Record<string, readonly string[]>>,
    rules: string,
  ): Promise<TestPrometheus> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'rules.yml'), rules);
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: Object.entries(targets).map(([job_name, list]) => ({
        job_name,
        static_configs: [{ targets: list }],
      })),
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const port = await getPort({ host: '127.0.0.1' });
    const child = start(join(await prometheusPrograms(), 'prometheus'), [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    return new TestPrometheus(child, `http://127.0.0.1:${port}`);
  }

  /** Resolves when it answers. */
  async ready(): Promise<void> {
    for (let i = 0; i < 300; i++) {
      const response = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      if (response?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('Prometheus does not start');
  }

  /** Returns the present value of an expression. Throws Prometheus's error. */
  query(expr: string): Promise<readonly Series[]> {
    return this.#ask('query', { query: expr });
  }

  /** Returns the values of an expression at any time since then. */
  everSince(expr: string, since: Date): Promise<readonly Series[]> {
    const [from, to] = [since.getTime() / 1000, Date.now() / 1000];
    return this.#ask('query_range', { query: expr, start: String(from), end: String(to), step: '1s' });
  }

  /** Names of the alerts that fire now. */
  async firing(): Promise<readonly string[]> {
    const response = await fetch(`${this.url}/api/v1/alerts`);
    const answered = alertsAnswer.parse(await response.json());
    if (answered.status === 'error') throw new Error(answered.error);
    return answered.data.alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => labels.alertname);
  }

  async #ask(what: string, question: Readonly<Record<string, string>>): Promise<readonly Series[]> {
    const body = new URLSearchParams(question);
    const response = await fetch(`${this.url}/api/v1/${what}`, { method: 'POST', body });
    const answered = seriesAnswer.parse(await response.json());
    if (answered.status === 'error') throw new Error(`${question.query}: ${answered.error}`);
    return answered.data.result;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
  }
}
