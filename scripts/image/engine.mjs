import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Copies the native engine that the set-up has built. Gives what its manifest says. */
export function copyEngine(from, to) {
  const pointer = join(from, 'current-cpu.json');
  if (!existsSync(pointer)) throw new Error('the native engine is not built: run "npm run setup" first');
  const { key } = JSON.parse(readFileSync(pointer, 'utf8'));
  mkdirSync(to, { recursive: true });
  cpSync(join(from, key), join(to, key), { recursive: true });
  cpSync(pointer, join(to, 'current-cpu.json'));
  return JSON.parse(readFileSync(join(to, key, 'manifest.json'), 'utf8'));
}
