import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MAIN = fileURLToPath(new URL('./dist/main.js', import.meta.url));
/** Seeds that one process runs before its numbers are added up. */
const SHARE = 2500;

/**
 * Runs seeds [from, from + seeds) on all cores. A failing seed prints the command that replays it. `queueless`: every cluster
 * is without a queue, not only one in five. With `state`, what was done is kept there and a second call goes on.
 */
export async function runSimulation({ seeds, from, queueless, state, log }) {
  const start = performance.now();
  const done = readState(state, from, seeds, queueless);
  const before = done.seconds;
  const shares = Array.from({ length: Math.ceil(seeds / SHARE) }, (_, i) => i).filter(
    (share) => !done.shares.includes(share),
  );
  const one = async () => {
    for (let share = shares.shift(); share !== undefined; share = shares.shift()) {
      const first = share * SHARE;
      const result = await runShare(from + first, Math.min(SHARE, seeds - first), queueless, log);
      done.shares.push(share);
      done.seeds += result.seeds;
      done.failures += result.failures;
      done.faultsInjected += result.faultsInjected;
      for (const [fault, times] of Object.entries(result.faults)) {
        done.faults[fault] = (done.faults[fault] ?? 0) + times;
      }
      done.seconds = before + (performance.now() - start) / 1000;
      if (state !== undefined) writeFileSync(state, JSON.stringify(done));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  const { failures, faultsInjected, faults } = done;
  const seconds = Math.round(done.seconds * 10) / 10;
  return { seeds, ...(queueless ? { queueless } : {}), failures, faultsInjected, seconds, faults };
}

/** What a former call got done; nothing when it ran other seeds. */
function readState(state, from, seeds, queueless) {
  const range = `${from}+${seeds}${queueless ? ' queueless' : ''}`;
  const fresh = { range, shares: [], seeds: 0, failures: 0, faultsInjected: 0, seconds: 0, faults: {} };
  if (state === undefined) return fresh;
  mkdirSync(dirname(state), { recursive: true });
  if (!existsSync(state)) return fresh;
  const known = JSON.parse(readFileSync(state, 'utf8'));
  return known.range === range ? known : fresh;
}

function runShare(from, count, queueless, log) {
  return new Promise((resolve, reject) => {
    const kind = queueless ? ['queueless'] : [];
    const child = spawn(process.execPath, [MAIN, String(from), String(count), '1', ...kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = output.trim().split('\n');
      const total = code === 0 ? JSON.parse(lines.pop() ?? '') : undefined;
      if (total === undefined) return reject(new Error(`seeds from ${from} ended with exit code ${code}`));
      for (const line of lines) {
        const { seed, failure } = JSON.parse(line);
        log(
          `seed ${seed}: ${failure}\n  replay: npm run sim -- --seeds 1 --from ${seed}${queueless ? ' --queueless' : ''}`,
        );
      }
      resolve(total);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '0' },
      queueless: { type: 'boolean', default: false },
      state: { type: 'string' },
      report: { type: 'string' },
    },
  });
  const result = await runSimulation({
    seeds: Number(values.seeds),
    from: Number(values.from),
    queueless: values.queueless,
    state: values.state,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  if (values.report !== undefined) {
    mkdirSync(dirname(values.report), { recursive: true });
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    appendFileSync(values.report, `${JSON.stringify({ commit, from: Number(values.from), ...result })}\n`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.failures === 0 ? 0 : 1;
}
