import { OodError } from '@oodgrid/contract';
import { loadEngine } from '@oodgrid/engine/compute';

/**
 * Loads the engine as a worker would and prints what it is as JSON: `ood-cli doctor` runs this in a
 * process of its own, because a native library that does not fit may end the process.
 */
async function main(): Promise<void> {
  const warnings: string[] = [];
  const { kind, version, device, numericsClass } = await loadEngine({
    cacheDir: process.argv[2] ?? '',
    enginesDir: process.env.OODGRID_ENGINES,
    prefer: process.argv[3] === 'wasm' ? 'wasm' : 'native',
    log: (line) => warnings.push(line),
  });
  process.stdout.write(`${JSON.stringify({ kind, version, device, numericsClass, warnings })}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${OodError.from(thrown).message}\n`);
  process.exitCode = 1;
});
