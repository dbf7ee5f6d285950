import { type ChildProcess, spawn } from 'node:child_process';

/** A program of ours that is given this variable ends when its standard input does. */
const ENDS_WITH_STDIN = 'OODGRID_ENDS_WITH_STDIN';

/** Ends `PROGRAM ARG ...` with SIGTERM when standard input ends: however its parent died, its pipe is closed then. */
const GUARD = `exec 3<&0
"$0" "$@" <&- & pid=$!
trap 'kill -TERM $pid' TERM
(cat <&3; kill -TERM $pid) >/dev/null 2>&1 &
exec 3<&-
while kill -0 $pid 2>/dev/null; do wait $pid; done
`;

/** Starts a program that does not outlive this process, not even when this one is killed. */
export function startGuarded(program: string, args: readonly string[]): ChildProcess {
  return spawn('sh', ['-c', GUARD, program, ...args], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
}

/** The same for this program with other arguments, which watches its standard input itself. */
export function startSelfGuarded(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, [ENDS_WITH_STDIN]: '1' },
  });
}

/** Stops this process in order when the one that started it, and asked for it, is gone. */
export function endWithParent(): void {
  if (process.env[ENDS_WITH_STDIN] !== '1') return;
  const stop = () => process.kill(process.pid, 'SIGTERM');
  process.stdin.once('end', stop);
  process.stdin.once('error', stop);
  process.stdin.resume();
}
