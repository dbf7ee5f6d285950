import { existsSync, readdirSync, readFileSync } from 'node:fs';

export const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** Reads a file of /proc about a process; empty when it has ended. */
function proc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc').flatMap((name) => {
    const parent = /^\d+$/.test(name) ? /^\d+ \(.*\) \S+ (\d+)/.exec(proc(name, 'stat'))?.[1] : undefined;
    return Number(parent) === pid ? [Number(name)] : [];
  });

/** Everything below a process. */
export const descendantsOf = (pid: number): number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

/** Program and arguments of a process. */
export const commandOf = (pid: number): readonly string[] => proc(pid, 'cmdline').split('\0');
