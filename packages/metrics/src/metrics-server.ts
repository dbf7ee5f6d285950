import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { OodError } from '@oodgrid/contract';
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

/**
 * The paths that are served, and to whom, in one table. Whoever reaches the port may ask, with or without a token, because probes have
 * none.
 */
export const METRICS_ROUTES = {
  '/metrics': 'whoever reaches the port',
  '/healthz': 'whoever reaches the port',
  '/readyz': 'whoever reaches the port',
} as const;
type MetricsRoute = keyof typeof METRICS_ROUTES;

export interface MetricsServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** `127.0.0.1:9464` */
export const addressOf = ({ host, port }: MetricsServer): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** More than a few scrapers and probes have: the oldest makes room, so that nobody who holds connections keeps a probe away. */
const MAX_CONNECTIONS = 64;
const REQUEST_MS = 10_000;
/** Milliseconds between two looks for connections that are slower than that. */
const CHECK_MS = 1000;
/** A scrape so soon after another is given the same. */
const FRESH_MS = 50;

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
  const collected = once(async () => {
    const samples = new SampleSet();
    await options.collect(samples);
    samples.add('oodgrid_ready', {}, options.notReady().length === 0 ? 1 : 0);
    return exposition.text(samples);
  }, FRESH_MS);
  const answers: Readonly<Record<MetricsRoute, (response: ServerResponse) => void | Promise<void>>> = {
    '/metrics': async (response) => {
      const text = await collected();
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
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS },
    (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const answer = isMetricsRoute(path) ? answers[path] : undefined;
      request.resume();
      if (answer === undefined) plain(response, 404, 'there are /metrics, /healthz and /readyz\n');
      else if (request.method !== 'GET' && request.method !== 'HEAD') plain(response, 405, 'only GET\n');
      else void Promise.resolve(answer(response)).catch((thrown: unknown) => failed(response, thrown));
    },
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    for (const oldest of sockets) {
      if (sockets.size < MAX_CONNECTIONS) break;
      sockets.delete(oldest);
      oldest.destroy();
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
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

const isMetricsRoute = (path: string): path is MetricsRoute => Object.hasOwn(METRICS_ROUTES, path);

/** One computation for all who ask while it goes on, and shortly after. One that failed is not kept. */
function once<T>(compute: () => Promise<T>, forMs: number): () => Promise<T> {
  let last: { readonly value: Promise<T>; untilMs: number } | undefined;
  return () => {
    if (last !== undefined && performance.now() < last.untilMs) return last.value;
    const made = { value: compute(), untilMs: Number.POSITIVE_INFINITY };
    last = made;
    made.value.then(
      () => {
        made.untilMs = performance.now() + forMs;
      },
      () => {
        made.untilMs = 0;
      },
    );
    return made.value;
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
