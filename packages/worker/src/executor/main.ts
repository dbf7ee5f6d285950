import { EXIT_CODES, OodError } from '@oodgrid/contract';
import { FolderBlobStore } from '@oodgrid/transport';
import { gridsOnly, syntheticOnly } from './accepted-work.js';
import { batched } from './batched.js';
import { Executor } from './executor.js';
import type { FromExecutor, ToExecutor } from './messages.js';
import { executorSettingsSchema } from './settings.js';

const NO_ENGINE = { kind: 'none', version: process.version, device: 'cpu' } as const;

function sendNow(list: readonly FromExecutor[]): void {
  // A control process that goes meanwhile is told by `disconnect`.
  if (process.connected) process.send?.(list, undefined, undefined, () => undefined);
}

/** That it is loaded is said before a task is taken: one that ends the process must not look like an engine that cannot be loaded. */
function serve(loaded: Extract<FromExecutor, { kind: 'loaded' }>, executor: Executor): void {
  sendNow([loaded]);
  process.on('message', (list) => {
    for (const message of list as ToExecutor[]) executor.receive(message);
  });
}

const memoryWith = ({
  numTensors,
  numBytes,
}: {
  readonly numTensors: number;
  readonly numBytes: number;
}) => ({
  residentBytes: process.memoryUsage.rss(),
  tensorBytes: numBytes,
  tensors: numTensors,
});

/** The program of an executor: loads the engine, then computes what the control process sends. */
async function main(): Promise<void> {
  const settings = executorSettingsSchema.parse(JSON.parse(process.env.OODGRID_EXECUTOR ?? '{}'));
  // Its lines may have no reader any more; that ends no task.
  process.stderr.on('error', () => undefined);
  const send = batched<FromExecutor>(sendNow);
  // The control process decides when to stop; without it there is nobody to compute for.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => process.exit(0));
  const blobs = new FolderBlobStore(settings.blobsDir);
  if (settings.engine === 'none') {
    const { runSynthetic } = await import('./run-synthetic.js');
    serve(
      { kind: 'loaded', engine: NO_ENGINE, numericsClass: 'none' },
      new Executor({
        compute: syntheticOnly(runSynthetic),
        blobs,
        send,
        memory: () => memoryWith({ numTensors: 0, numBytes: 0 }),
      }),
    );
    return;
  }
  const { executeTask, loadEngine, loadMethodModule, registerModelSource, TaskInputs, tf } = await import(
    '@oodgrid/engine/compute'
  );
  for (const url of settings.modelSources ?? []) await registerModelSource(url);
  const own = [];
  for (const { url, digest } of settings.methods) own.push(await loadMethodModule(url, [], digest));
  const arithmetics = own.map(({ arithmetic }) => arithmetic);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const enginesDir = process.env.OODGRID_ENGINES;
  const engine = await loadEngine({ cacheDir: settings.cacheDir, enginesDir, prefer: settings.engine, log });
  const inputs = new TaskInputs(engine);
  const compute = gridsOnly((task, io) => executeTask(inputs, task, io, arithmetics));
  const { kind, version, device, numericsClass } = engine;
  serve(
    { kind: 'loaded', engine: { kind, version, device }, numericsClass },
    new Executor({ compute, blobs, send, memory: () => memoryWith(tf.memory()) }),
  );
}

main().catch((thrown: unknown) => {
  const error = OodError.from(thrown);
  process.stderr.write(`${error.message}\n`);
  process.exit(EXIT_CODES[error.code]);
});
