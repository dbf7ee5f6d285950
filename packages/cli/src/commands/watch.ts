import { resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import type { RunSummary } from '@oodgrid/contract/wire';
import { REPORT_FORMATS } from '@oodgrid/report';
import type { ClusterClient } from '../cluster/cluster-client.js';
import { ClusterCommand } from '../cluster/cluster-command.js';
import { fetchResults, followRun } from '../cluster/follow-run.js';
import { doneText } from '../cluster/show-results.js';
import { reserveOutput } from '../output/reserve-output.js';
import { resultsText } from '../output/results-text.js';
import { writeRun } from '../output/write-run.js';

export default class Watch extends ClusterCommand {
  static override description = 'Follow a run to its end, show its table, and write its results where asked';
  static override args = { run: Args.string({ description: 'id of the run', required: true }) };
  static override flags = {
    output: Flags.string({ description: "folder for the run's results; it must not exist yet" }),
  };

  async run(): Promise<{ run: RunSummary }> {
    const { args, flags } = await this.parse(Watch);
    const signal = this.shutdownSignal();
    const output = flags.output === undefined ? undefined : await reserveOutput(resolve(flags.output));
    const following = this.ask(flags, async (client) => {
      // A mistyped run or address is told at once; later on an absent coordinator is waited for.
      await client.show(args.run);
      const ended = await followRun(client, args.run, { signal, output: process.stderr });
      if (output !== undefined) {
        const wayOut = 'The coordinator keeps them: make room or give another --output';
        const formats = REPORT_FORMATS.map(({ name }) => name);
        const results = await writeRun(fetchResults(client, ended), output.folder, formats, wayOut);
        await noteFetched(client, args.run);
        this.log(resultsText(results));
        this.log(`results: ${output.folder}`);
      } else if (!this.jsonEnabled()) this.log(await doneText(client, ended));
      return ended;
    });
    return { run: await following.finally(() => output?.release()) };
  }
}

/** Only gc asks for it: a token that may look and nothing else is no reason to fail. */
async function noteFetched(client: ClusterClient, run: string): Promise<void> {
  try {
    await client.fetched(run);
  } catch (thrown) {
    if (OodError.from(thrown).code !== 'permission-denied') throw thrown;
  }
}
