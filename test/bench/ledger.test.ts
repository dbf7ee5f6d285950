import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../../bench/ledger/bench.mjs', import.meta.url));

it('bench ledger does every task and replays every event of a journal', async () => {
  const { stdout } = await execa(process.execPath, [BENCH, '--tasks', '2000', '--replayed', '2000']);
  const [grown, replayed] = stdout.split('\n').map((line): unknown => JSON.parse(line));
  expect(grown).toMatchObject({ tasks: 2000, eventsPerSecond: expect.any(Number) });
  expect(replayed).toMatchObject({ replayedEvents: 2000, seconds: expect.any(Number) });
});
