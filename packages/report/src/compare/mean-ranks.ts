import type { Results } from '@oodgrid/contract';
import { friedmanTest, nemenyiDifference } from '@oodgrid/stats';
import { aurocOf, cellGroups } from '../cell-groups.js';
import { LEVEL } from './compared-tables.js';

export interface RankedMethod {
  readonly title: string;
  /** Over the tables; 1 is the best. */
  readonly meanRank: number;
}

/** Methods over all tables in which every one of them has a row. */
export interface MeanRanks {
  readonly tables: number;
  /** The best first. */
  readonly methods: readonly RankedMethod[];
  /** Friedman's test of whether there is any difference at all. */
  readonly friedman: { readonly chiSquare: number; readonly p: number };
  /** Nemenyi's critical difference of mean ranks at LEVEL. */
  readonly difference: number;
  /** Maximal runs of methods [from, to] that are no further apart than that: none is told from another of its run. */
  readonly cliques: readonly { readonly from: number; readonly to: number }[];
}

/** Methods beyond which the test's normal range is not tabulated by anyone, and no picture is read. */
const MAX_METHODS = 200;

/**
 * Mean ranks by AUROC, each table (pair and model) a block, as Demsar (JMLR 7, 2006) compares methods over data sets. Undefined below two tables or three
 * methods. Tables of one ID set share its samples, so that they are not independent as the tests take them to be.
 */
export function meanRanks(results: Results): MeanRanks | undefined {
  const titles = new Map(results.cells.map(({ method, title }) => [method, title]));
  const methods = [...titles.keys()];
  if (methods.length < 3 || methods.length > MAX_METHODS) return undefined;
  const blocks = cellGroups(results).flatMap(({ cells }) => {
    const aurocs = new Map(cells.map((cell) => [cell.method, aurocOf(cell)]));
    const block = methods.flatMap((method) => aurocs.get(method) ?? []);
    return block.length === methods.length ? [block] : [];
  });
  if (blocks.length < 2) return undefined;
  const { chiSquare, p, meanRanks: ranks } = friedmanTest(blocks);
  const ranked = methods
    .map((method, i) => ({ title: titles.get(method) ?? method, meanRank: ranks[i] ?? Number.NaN }))
    .sort((a, b) => a.meanRank - b.meanRank);
  const difference = nemenyiDifference(methods.length, blocks.length, LEVEL);
  const cliques = cliquesOf(
    ranked.map(({ meanRank }) => meanRank),
    difference,
  );
  return { tables: blocks.length, methods: ranked, friedman: { chiSquare, p }, difference, cliques };
}

/** Of ascending ranks the runs of two or more whose ends are within `difference`, those in no longer one. */
function cliquesOf(ranks: readonly number[], difference: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [from, rank] of ranks.entries()) {
    let to = from;
    while (to + 1 < ranks.length && (ranks[to + 1] ?? Number.NaN) - rank <= difference) to++;
    if (to > from && to > (found.at(-1)?.to ?? -1)) found.push({ from, to });
  }
  return found;
}
