const BITS = 11;
const BUCKETS = 2 ** BITS;
/** 11 + 11 + 10 bits. */
const PASSES = 3;
/** Below this a comparison sort is quicker than counting into buckets. */
const FEW = 400;

/**
 * Positions of `values` from the highest to the lowest, equals in their order; 0 and -0 are equal. No value may
 * be NaN. A radix sort of the doubles' upper words (sign, exponent, 20 bits of the fraction), least significant
 * digit first; what is equal up to there is sorted by comparison afterwards.
 */
export function sortDescending(values: Float64Array): Uint32Array {
  const n = values.length;
  const positions = new Uint32Array(n);
  for (let i = 0; i < n; i++) positions[i] = i;
  const compare = (a: number, b: number) => values[b] - values[a] || a - b;
  if (n < FEW) return positions.sort(compare);
  let keys = descendingKeys(values);
  const counts = countDigits(keys);
  let from: Uint32Array = positions;
  let to: Uint32Array = new Uint32Array(n);
  let keysTo: Uint32Array = new Uint32Array(n);
  for (let pass = 0; pass < PASSES; pass++) {
    const starts = counts.subarray(pass * BUCKETS, (pass + 1) * BUCKETS);
    if (!accumulate(starts, n)) continue;
    const shift = pass * BITS;
    for (let i = 0; i < n; i++) {
      const key = keys[i];
      const bucket = (key >>> shift) & (BUCKETS - 1);
      const place = starts[bucket];
      starts[bucket] = place + 1;
      to[place] = from[i];
      keysTo[place] = key;
    }
    [from, to] = [to, from];
    [keys, keysTo] = [keysTo, keys];
  }
  sortRuns(from, keys, values, compare);
  return from;
}

/** A word a value that, unsigned, ascends where the values descend. */
function descendingKeys(values: Float64Array): Uint32Array {
  const n = values.length;
  const one = new Float64Array(1);
  const words = new Uint32Array(one.buffer);
  const highAt = IS_LITTLE_ENDIAN ? 1 : 0;
  const keys = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    // `+ 0` makes -0 a 0.
    one[0] = values[i] + 0;
    const high = words[highAt];
    // Positive doubles ascend as their bits do, negative ones the other way round; then all is turned over.
    keys[i] = high >>> 31 === 1 ? high : ~high & 0x7fffffff;
  }
  return keys;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function countDigits(keys: Uint32Array): Uint32Array {
  const counts = new Uint32Array(PASSES * BUCKETS);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    for (let pass = 0; pass < PASSES; pass++) {
      const at = pass * BUCKETS + ((key >>> (pass * BITS)) & (BUCKETS - 1));
      counts[at] += 1;
    }
  }
  return counts;
}

/** Turns counts into the place of each bucket's first value. False when all values share a bucket. */
function accumulate(counts: Uint32Array, n: number): boolean {
  let place = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = counts[bucket];
    if (count === n) return false;
    counts[bucket] = place;
    place += count;
  }
  return true;
}

/** Sorts every run of equal keys whose values are not in order: few, unless the values differ in their last bits only. */
function sortRuns(
  positions: Uint32Array,
  keys: Uint32Array,
  values: Float64Array,
  compare: (a: number, b: number) => number,
): void {
  const n = positions.length;
  let start = 0;
  let isSorted = true;
  let last = values[positions[0]];
  for (let k = 1; k <= n; k++) {
    const value = k < n ? values[positions[k]] : 0;
    if (k < n && keys[k] === keys[start]) {
      if (value > last) isSorted = false;
    } else {
      if (!isSorted) positions.subarray(start, k).sort(compare);
      start = k;
      isSorted = true;
    }
    last = value;
  }
}
