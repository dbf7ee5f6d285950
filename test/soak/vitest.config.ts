import { defineConfig } from 'vitest/config';

/** Tests that take too long for every run; each writes a report. */
export default defineConfig({
  test: { include: ['test/soak/*.soak.ts'], testTimeout: 3_600_000, hookTimeout: 300_000, pool: 'forks' },
});
