import { ControlAction } from '@oodgrid/contract/wire';
import type { ClusterClient } from 'ood-cli';
import { vi } from 'vitest';
import type { TestPrometheus } from '../support/prometheus.js';

/** Pauses the run, later each time, until Prometheus has seen an AUROC of what is there: a fast run is over before it is asked for. */
export async function heldUntilPreviewed(client: ClusterClient, prometheus: TestPrometheus): Promise<void> {
  const isSeen = async () => (await prometheus.query('oodgrid_run_partial_auroc')).length > 0;
  for (const share of [0.5, 0.7, 0.85]) {
    const run = await vi.waitFor(
      async () => {
        const summary = (await client.runs()).at(0);
        const total = summary?.tasks.reduce((sum, { count }) => sum + count, 0) ?? 0;
        const done = summary?.tasks.find(({ state }) => state === 'done')?.count ?? 0;
        if (summary === undefined || total === 0 || done < share * total) throw new Error('not so far yet');
        return summary.run;
      },
      { timeout: 60_000, interval: 50 },
    );
    await client.control(run, ControlAction.CONTROL_ACTION_PAUSE);
    const end = Date.now() + 10_000;
    let isThere = await isSeen();
    while (!isThere && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      isThere = await isSeen();
    }
    await client.control(run, ControlAction.CONTROL_ACTION_RESUME);
    if (isThere) return;
  }
}
