import type { RankedScores } from './ranked-scores.js';

/** Groups that are gathered before they are summed: few enough for the first-level cache. */
const CHUNK = 512;
/** Fewer samples of their own score than this between two ties are gathered with them. */
const SHORT = 16;

/**
 * Metrics of resampled scores by one walk along a cell's rank order, from the highest score to the lowest: what
 * `metricsOfCounts` returns for the groups' counts, to rounding, without building groups for each replicate.
 *
 * Which side comes next, and whether a sample was drawn at all, is as good as random: the loops have no branch that depends
 * on it, since half of them would be predicted wrongly. Two short loops keep their variables in registers, one long does not.
 */
export class RankWalk {
  auprIn = 0;
  auprOut = 0;
  fpr80 = 0;
  fpr95 = 0;
  tnr95 = 0;
  detacc = 0;
  readonly #n: number;
  readonly #m: number;
  /** The rank order. */
  readonly #order: Uint32Array;
  /** Index of the end of each group of equal scores. */
  readonly #ends: Uint32Array;
  readonly #chunks: Chunks;
  /** Of each group of a chunk that was drawn from: ID samples drawn minus OOD samples drawn; where there are ties, both together. */
  readonly #difference = new Float64Array(CHUNK);
  readonly #both = new Float64Array(CHUNK);
  // Of the groups so far: samples drawn of each side, and areas as sums of the trapezoids' parts.
  #id = 0;
  #ood = 0;
  #areaIn = 0;
  #areaOut = 0;
  /** Precision with ID positive of all down to the last group; -1 before the first. */
  #precisionIn = 0;
  /** Precision with OOD positive of all below the last group. */
  #precisionOut = 0;
  /** Distance of id / n - ood / m below its largest value so far, times n m. At the end the difference is 0 again. */
  #below = 0;
  /** The number of ID samples at which there is something to note. */
  #needed = 0;

  constructor({ idGroup, oodGroup, order, thresholds }: RankedScores) {
    this.#n = idGroup.length;
    this.#m = oodGroup.length;
    this.#order = order;
    this.#ends = endsOf(idGroup, oodGroup, thresholds.length);
    this.#chunks = chunksOf(this.#ends);
  }

  /** `counts` [n + m]: how often each ID sample was drawn, and minus how often each OOD sample was; [n] and [m] in all. */
  walk(counts: Int8Array): void {
    const n = this.#n;
    const m = this.#m;
    this.#id = 0;
    this.#ood = 0;
    this.#areaIn = 0;
    this.#areaOut = 0;
    this.#precisionIn = -1;
    this.#precisionOut = m / (n + m);
    this.#below = 0;
    this.#needed = neededFor(0.8, n);
    this.fpr80 = -1;
    let from = 0;
    for (const { to, isTied } of this.#chunks) {
      if (isTied) this.#add(this.#gatherTied(counts, from, to), this.#both);
      else this.#add(this.#gather(counts, from, to), null);
      from = to;
    }
    this.auprIn = this.#areaIn / (2 * n);
    this.auprOut = this.#areaOut / (2 * m);
    this.tnr95 = 1 - this.fpr95;
    this.detacc = (1 + this.#below / (n * m)) / 2;
  }

  /** Gathers what was drawn of the groups [from, to), which have a sample each; returns how many were drawn from. */
  #gather(counts: Int8Array, from: number, to: number): number {
    const order = this.#order;
    const difference = this.#difference;
    let drawn = 0;
    let k = this.#start(from);
    const end = k + to - from;
    // What was not drawn is written over. By fours, since the arrays' addresses are looked up once for each pass.
    for (; k < end - 3; k += 4) {
      const a = counts[order[k]];
      const b = counts[order[k + 1]];
      const c = counts[order[k + 2]];
      const d = counts[order[k + 3]];
      difference[drawn] = a;
      drawn += (a | -a) >>> 31;
      difference[drawn] = b;
      drawn += (b | -b) >>> 31;
      difference[drawn] = c;
      drawn += (c | -c) >>> 31;
      difference[drawn] = d;
      drawn += (d | -d) >>> 31;
    }
    for (; k < end; k++) {
      const count = counts[order[k]];
      difference[drawn] = count;
      drawn += (count | -count) >>> 31;
    }
    return drawn;
  }

  /** The same of groups of any size. */
  #gatherTied(counts: Int8Array, from: number, to: number): number {
    const order = this.#order;
    const ends = this.#ends;
    const differences = this.#difference;
    const boths = this.#both;
    let drawn = 0;
    for (let group = from, k = this.#start(from); group < to; group++) {
      let difference = 0;
      let both = 0;
      for (const end = ends[group]; k < end; k++) {
        const count = counts[order[k]];
        difference += count;
        both += (count ^ (count >> 31)) - (count >> 31);
      }
      differences[drawn] = difference;
      boths[drawn] = both;
      drawn += -both >>> 31;
    }
    return drawn;
  }

  /** Place of a group's first sample in the rank order. */
  #start(group: number): number {
    return group === 0 ? 0 : this.#ends[group - 1];
  }

  /** Adds the first `groups` of what was gathered; `boths` where they may have samples of both sides. */
  #add(groups: number, boths: Float64Array | null): void {
    const differences = this.#difference;
    const n = this.#n;
    const m = this.#m;
    const total = n + m;
    let id = this.#id;
    let ood = this.#ood;
    let areaIn = this.#areaIn;
    let areaOut = this.#areaOut;
    let precisionIn = this.#precisionIn;
    let precisionOut = this.#precisionOut;
    let below = this.#below;
    let needed = this.#needed;
    for (let group = 0; group < groups; group++) {
      const difference = differences[group];
      const both = boths === null ? Math.abs(difference) : boths[group];
      const idHere = (both + difference) / 2;
      const oodHere = (both - difference) / 2;
      id += idHere;
      ood += oodHere;
      const all = id + ood;
      const precision = id / all;
      // Trapezoids; the first point of a curve has no other before it.
      areaIn += idHere * (precision + (precisionIn < 0 ? precision : precisionIn));
      precisionIn = precision;
      const rest = all === total ? precisionOut : (m - ood) / (total - all);
      areaOut += oodHere * (precisionOut + rest);
      precisionOut = rest;
      // The larger of this and 0, exact for integers.
      const next = below - (idHere * m - oodHere * n);
      below = (next + Math.abs(next)) / 2;
      if (id >= needed) needed = this.#note(id, ood);
    }
    this.#id = id;
    this.#ood = ood;
    this.#areaIn = areaIn;
    this.#areaOut = areaOut;
    this.#precisionIn = precisionIn;
    this.#precisionOut = precisionOut;
    this.#below = below;
    this.#needed = needed;
  }

  /** Notes what was asked for at this number of ID samples; returns at which there is something again. */
  #note(id: number, ood: number): number {
    if (this.fpr80 < 0) this.fpr80 = ood / this.#m;
    const next = neededFor(0.95, this.#n);
    if (id < next) return next;
    this.fpr95 = ood / this.#m;
    return Number.POSITIVE_INFINITY;
  }
}

function endsOf(idGroup: Int32Array, oodGroup: Int32Array, groups: number): Uint32Array {
  const ends = new Uint32Array(groups);
  for (const side of [idGroup, oodGroup]) {
    for (let i = 0; i < side.length; i++) ends[side[i]]++;
  }
  for (let group = 1; group < groups; group++) ends[group] += ends[group - 1];
  return ends;
}

type Chunks = readonly { readonly to: number; readonly isTied: boolean }[];

/**
 * The groups one after the other in chunks of groups that have one sample each, and chunks with ties. Scores in float32 have a few ties
 * in thousands: those must not slow the rest down.
 */
function chunksOf(ends: Uint32Array): Chunks {
  const isSingle = (group: number) => ends[group] - (group === 0 ? 0 : ends[group - 1]) === 1;
  const chunks: { to: number; isTied: boolean }[] = [];
  for (let from = 0; from < ends.length; ) {
    const limit = Math.min(ends.length, from + CHUNK);
    let to = from;
    while (to < limit && isSingle(to)) to++;
    const isTied = to < limit && to - from < SHORT;
    // A chunk with ties ends where none has come for a while.
    for (let singles = 0; isTied && to < limit && singles < SHORT; to++) {
      singles = isSingle(to) ? singles + 1 : 0;
      if (singles === SHORT) to -= SHORT;
    }
    chunks.push({ to, isTied });
    from = to;
  }
  return chunks;
}

/** The smallest number of samples whose share of `n` is at least `recall`, by the same division as in the metrics. */
export function neededFor(recall: number, n: number): number {
  let count = Math.floor(recall * n);
  while (count / n < recall) count++;
  return count;
}
