import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { CLI_BIN, ROOT } from './cli.js';

/** Replacements in a command of the page: a free port, a temporary folder, a grid that takes seconds. */
export type Instead = readonly (readonly [string, string])[];

/** Blocks of commands of `docs/operations.md` by chapter, in its order; those before the first chapter are under ''. */
function blocks(): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const chapters = page.split(/^## /m).map((text, index): [string, string] => {
    const title = index === 0 ? '' : (text.split('\n')[0] ?? '');
    return [title, text];
  });
  return new Map(
    chapters
      .map(([title, text]): [string, string[]] => [
        title,
        [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block),
      ])
      .filter(([, found]) => found.length > 0),
  );
}

/** Chapters that have commands. */
export const chaptersWithCommands = (): readonly string[] => [...blocks().keys()];

/** Commands of a chapter's blocks, or of one of them, with what differs here put in. */
export function commandsOf(chapter: string, instead: Instead, block?: number): string {
  const all = blocks().get(chapter) ?? [];
  const chosen = block === undefined ? all : all.slice(block, block + 1);
  if (chosen.length === 0) throw new Error(`docs/operations.md has no such commands in "${chapter}"`);
  return instead.reduce((commands, [from, to]) => {
    if (!commands.includes(from)) throw new Error(`"${chapter}" has no ${from}`);
    return commands.replaceAll(from, to);
  }, chosen.join(''));
}

/** A folder for `PATH`, in which `ood-cli` is the one of this checkout. */
export class Programs {
  readonly folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.add('ood-cli', `exec ${process.execPath} ${CLI_BIN} "$@"`);
  }

  add(name: string, body: string): void {
    writeFileSync(join(this.folder, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(this.folder, name), 0o755);
  }
}

/** Types commands as a user does in a shell, and keeps in mind what they leave running. */
export class Typist {
  readonly #left: number[] = [];

  /** Runs commands in one shell; resolves to what they print when the last of them has ended. */
  async type(
    commands: string,
    { programs, cwd, env }: { programs: Programs; cwd: string; env: Readonly<Record<string, string>> },
  ): Promise<string> {
    const child = execa('bash', ['-c', `set -e\n${commands}`], {
      cwd,
      env: { NO_COLOR: '1', ...env, PATH: `${programs.folder}:${env.PATH ?? process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      all: true,
      detached: true,
    });
    this.#left.push(child.pid ?? 0);
    return (await child).all ?? '';
  }

  /** Ends what was left running. */
  close(signal: NodeJS.Signals = 'SIGTERM'): void {
    for (const pid of this.#left.splice(0)) {
      try {
        // Of the whole session of a shell.
        process.kill(-pid, signal);
      } catch {
        // All of it has ended.
      }
    }
  }
}
