import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a process and all its descendants now, from /proc (Linux; zeros elsewhere). */
export function treeMemory(root) {
  const parents = new Map();
  for (const name of entries('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isInTree = (pid) => pid === root || (parents.has(pid) && isInTree(parents.get(pid)));
  const total = { residentBytes: 0, proportionalBytes: 0 };
  for (const pid of [...parents.keys()].filter(isInTree)) {
    const rollup = read(`/proc/${pid}/smaps_rollup`);
    total.residentBytes += kilobytes(rollup, 'Rss');
    total.proportionalBytes += kilobytes(rollup, 'Pss');
  }
  return total;
}

const kilobytes = (text, key) =>
  1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function entries(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
