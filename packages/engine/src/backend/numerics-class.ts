import { readFileSync } from 'node:fs';

/** The widest instruction set that oneDNN and Eigen would pick here: kernels for another one round differently. */
function instructionSet(): string {
  if (process.arch !== 'x64') return process.arch;
  const flags = cpuFlags();
  const ladder = ['amx_tile', 'avx512_bf16', 'avx512_vnni', 'avx512f', 'avx_vnni', 'avx2', 'avx', 'sse4_1'];
  return `x64-${ladder.find((flag) => flags.has(flag)) ?? 'unknown'}`;
}

function cpuFlags(): ReadonlySet<string> {
  try {
    const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return new Set((line?.[1] ?? '').trim().split(/\s+/));
  } catch {
    // No Linux: workers of such machines are of the class `unknown` of their architecture.
    return new Set();
  }
}

export interface NumericsFacts {
  readonly kind: 'tensorflow' | 'wasm';
  readonly version: string;
  readonly device: string;
  readonly threads: string;
  readonly isOneDnnOn: boolean;
  /** What `numericsProbe()` says of the loaded backend. */
  readonly probe: string;
}

/** Name of a numerics class: two workers with the same one give the same bits for the same task. */
export function numericsClass(facts: NumericsFacts): string {
  return [
    `${facts.kind}-${facts.version}`,
    facts.device,
    instructionSet(),
    facts.isOneDnnOn ? 'onednn' : 'eigen',
    `threads-${facts.threads}`,
    'float32',
    `probe-${facts.probe}`,
  ].join('/');
}
