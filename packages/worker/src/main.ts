import { loadEngine } from '@oodgrid/engine/compute';
import { EXIT_CODES, OodError } from '@oodgrid/protocol';
import { shutdownSignal } from '@oodgrid/runtime';
import { connectWorker, FolderBlobStore } from '@oodgrid/transport';
import { z } from 'zod';
import { runWorker } from './run-worker.js';

/** What the parent passes in the variable OODGRID_WORKER. */
const settingsSchema = z.object({
  workerId: z.string().min(1),
  address: z.string().min(1),
  blobsDir: z.string().min(1),
  cacheDir: z.string().min(1),
  engine: z.enum(['native', 'wasm']),
});
export type WorkerSettings = z.infer<typeof settingsSchema>;

async function main(): Promise<void> {
  const settings = settingsSchema.parse(JSON.parse(process.env.OODGRID_WORKER ?? '{}'));
  const signal = shutdownSignal();
  const log = (line: string) => process.stderr.write(`${settings.workerId}: ${line}\n`);
  const engine = await loadEngine({ cacheDir: settings.cacheDir, prefer: settings.engine, log });
  const { kind, version, device, numericsClass } = engine;
  const connection = await connectWorker({
    address: settings.address,
    worker: {
      workerId: settings.workerId,
      numericsClass,
      engine: { kind, version, device },
      pid: process.pid,
    },
  });
  try {
    await runWorker({
      engine,
      queue: connection.queue,
      reporter: connection.reporter,
      blobs: new FolderBlobStore(settings.blobsDir),
      signal,
    });
  } finally {
    await connection.close();
  }
}

main().catch((thrown: unknown) => {
  const error = OodError.from(thrown);
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_CODES[error.code];
});
