import { execa } from 'execa';

/** A program of ours that is given this variable ends when its standard input does. */
const ENDS_WITH_STDIN = 'OODGRID_ENDS_WITH_STDIN';

/** Ends `PROGRAM ARG ...` with SIGTERM when standard input ends: however its parent died, its pipe is closed then. Its exit code is the program's. */
const GUARD = `exec 3<&0
"$0" "$@" <&- & pid=$!
trap 'kill -TERM $pid' TERM
(cat <&3; kill -TERM $pid) >/dev/null 2>&1 &
exec 3<&-
while wait $pid; code=$?; kill -0 $pid 2>/dev/null; do :; done
exit $code
`;

const start = (program: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
  execa(program, args, {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'pipe',
    env,
    // Ctrl-C reaches the whole process group: only the parent decides what it means.
    detached: true,
    buffer: false,
    reject: false,
    // What does not end when it is asked to is killed.
    forceKillAfterDelay: 15_000,
  });

export type GuardedProcess = ReturnType<typeof start>;

/** Starts a program that does not outlive this process, not even when this one is killed. */
export const startGuarded = (program: string, args: readonly string[]): GuardedProcess =>
  start('sh', ['-c', GUARD, program, ...args], {});

/** The same for this program with other arguments, which watches its standard input itself. */
export const startSelfGuarded = (args: readonly string[]): GuardedProcess =>
  start(process.execPath, [process.argv[1] ?? '', ...args], { [ENDS_WITH_STDIN]: '1' });

/** Stops this process in order when the one that started it, and asked for it, is gone. */
export function endWithParent(): void {
  if (process.env[ENDS_WITH_STDIN] !== '1') return;
  const stop = () => process.kill(process.pid, 'SIGTERM');
  process.stdin.once('end', stop);
  process.stdin.once('error', stop);
  process.stdin.resume();
}
