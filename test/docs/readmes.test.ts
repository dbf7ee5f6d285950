import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileExamples, readmeExamples } from '../support/readme-examples.js';

const examples = readmeExamples();
const all = [...examples.values()].flat();
let compiled: Awaited<ReturnType<typeof compileExamples>>;
beforeAll(async () => {
  compiled = await compileExamples(all);
});
afterAll(() => compiled.remove());

it.each([...examples])('the README of %s has an example', (_name, blocks) => {
  expect(blocks.length).toBeGreaterThan(0);
});

it('examples have the types that they claim', () => {
  expect(compiled.problems).toBe('');
});

it.each(all.map((example) => [example.title, example] as const))(
  'example %s does what it says',
  async (_title, example) => {
    await compiled.run(example);
  },
);
