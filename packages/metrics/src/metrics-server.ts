import { createServer, type ServerResponse } from 'node:http';
import { OodError } from '@oodgrid/protocol';
import type { Program } from './metric-row.js';
import { SampleSet } from './sample-set.js';

export interface MetricsServerOptions {
  readonly program: Program;
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly listen: string;
  /** Fills in what the program knows now. */
  readonly collect: (samples: SampleSet) => void | Promise<void>;
  /** Why the program should be given no work now; none when it is ready. */
  readonly notReady: () => readonly string[];
}

export interface MetricsServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** `127.0.0.1:9464` */
export const addressOf = ({ host, port }: MetricsServer): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** More connections than a few scrapers and probes have are refused. */
const MAX_CONNECTIONS = 64;
const REQUEST_MS = 10_000;

/**
 * Serves `/metrics`, `/healthz` and `/readyz` on a port of their own, by plain HTTP and to whoever can reach it. `/healthz` says
 * that the event loop turns, and nothing else: a program whose peers are gone must not be killed for it. Throws `invalid-input`
 * for an address that cannot be listened on.
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port } = hostAndPort(options.listen);
  // Who does not ask for metrics does not load the library.
  const { Exposition } = await import('./exposition.js');
  const exposition = new Exposition(options.program);
  const answers: Readonly<Record<string, (response: ServerResponse) => void | Promise<void>>> = {
    '/metrics': async (response) => {
      const samples = new SampleSet();
      await options.collect(samples);
      samples.add('oodgrid_ready', {}, options.notReady().length === 0 ? 1 : 0);
      const text = await exposition.text(samples);
      response.writeHead(200, { 'content-type': exposition.contentType }).end(text);
    },
    '/healthz': (response) => plain(response, 200, 'ok\n'),
    '/readyz': (response) => {
      const reasons = options.notReady();
      if (reasons.length === 0) plain(response, 200, 'ready\n');
      else plain(response, 503, reasons.map((reason) => `${reason}\n`).join(''));
    },
  };
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
      request.resume();
      if (answer === undefined) plain(response, 404, 'there are /metrics, /healthz and /readyz\n');
      else if (request.method !== 'GET' && request.method !== 'HEAD') plain(response, 405, 'only GET\n');
      else void Promise.resolve(answer(response)).catch((thrown: unknown) => failed(response, thrown));
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new OodError(
          'invalid-input',
          `--metrics ${options.listen}: cannot listen there: ${cause.message}; give another HOST:PORT`,
          { cause },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  // A scrape or probe that fails is told to its client; nothing here ends the program.
  server.on('error', () => undefined);
  const address = server.address();
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function failed(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) response.destroy();
  else plain(response, 500, `${OodError.from(thrown).message}\n`);
}

/** `127.0.0.1:9464`, `[::1]:9464`. Throws `invalid-input`. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535) {
    throw new OodError(
      'invalid-input',
      `--metrics ${JSON.stringify(text)}: give HOST:PORT, for example 127.0.0.1:9464`,
    );
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
