import { REPORT_FORMATS } from '@oodgrid/report';
import { expect, it } from 'vitest';
import { gridJsonSchema, gridSchema } from '../src/index.js';

const names = REPORT_FORMATS.map(({ name }) => name);

it('a grid may ask for every format of the catalog; left out, all are written', () => {
  const { outputs } = gridSchema().shape;
  expect(outputs.parse({ formats: names }).formats).toEqual(names);
  expect(outputs.parse({}).formats).toEqual(names);
  expect(outputs.parse(undefined).formats).toEqual(names);
  expect(outputs.safeParse({ formats: ['docx'] }).success).toBe(false);
  expect(JSON.stringify(gridJsonSchema())).toContain(`"enum":${JSON.stringify(names)}`);
});
