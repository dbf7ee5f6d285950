import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { type Digest, digestSchema } from '@oodgrid/contract';
import { encodeHeader } from '../merger/merged-run-codec.js';
import { resultsDigest } from '../merger/results-digest.js';
import type { JobInput, PartFiles } from './jobs.js';

const PIECE_BYTES = 1024 ** 2;

/** Writes header, cells and comparisons into one durable file, and removes the parts on the way. */
export function packJob({ header, cells, comparisons, out }: JobInput<'pack'>): Digest {
  const digest = resultsDigest(header, lines(cells), lines(comparisons));
  const hash = createHash('sha256');
  const file = openSync(out, 'wx');
  try {
    write(file, hash, encodeHeader({ ...header, digest }));
    for (const { message } of [...cells, ...comparisons]) {
      for (const piece of pieces(message)) write(file, hash, piece);
      rmSync(message);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return digestSchema.parse(hash.digest('hex'));
}

function write(file: number, hash: Hash, bytes: Uint8Array): void {
  hash.update(bytes);
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
}

/** Pieces of a file, each valid until the next. */
function* pieces(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(PIECE_BYTES);
  try {
    for (let got = readSync(file, buffer); got > 0; got = readSync(file, buffer))
      yield buffer.subarray(0, got);
  } finally {
    closeSync(file);
  }
}

function* lines(parts: readonly PartFiles[]): Generator<string> {
  for (const { canonical } of parts) {
    const decoder = new TextDecoder();
    let open = '';
    for (const piece of pieces(canonical)) {
      const all = (open + decoder.decode(piece, { stream: true })).split('\n');
      open = all.pop() ?? '';
      yield* all;
    }
  }
}
