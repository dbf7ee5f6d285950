import { spawn } from 'node:child_process';

/** Prints `[n/N] title ...` and how it ended; `work` returns true when there was nothing to do. */
export async function step(number, total, title, work) {
  process.stderr.write(`[${number}/${total}] ${title} ... `);
  const start = Date.now();
  try {
    const isSkipped = await work();
    process.stderr.write(
      isSkipped ? 'already done\n' : `done (${((Date.now() - start) / 1000).toFixed(1)} s)\n`,
    );
  } catch (error) {
    process.stderr.write('failed\n');
    throw error;
  }
}

/** Runs a command to its end. Rejects with its output when it fails; `inherit` shows the output as it comes. */
export function run(command, args, { cwd, env = process.env, inherit = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout?.on('data', (data) => {
      output += data;
    });
    child.stderr?.on('data', (data) => {
      output += data;
    });
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}\n${output.slice(-4000)}`,
          ),
        );
    });
  });
}

/** Runs a command with our own standard streams and gives its exit code. */
export function exitCodeOf(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
