import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from './cli.js';

/** A block of TypeScript in the README of a package. */
export interface Example {
  /** `stats-1` */
  readonly title: string;
  readonly source: string;
}

/** Every such block, by the names of the packages that there are. */
export function readmeExamples(): ReadonlyMap<string, readonly Example[]> {
  // A package that is gone may have left what was built of it.
  const isPackage = (name: string) => existsSync(join(ROOT, 'packages', name, 'package.json'));
  const names = readdirSync(join(ROOT, 'packages')).filter(isPackage).sort();
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(ROOT, 'packages', name, 'README.md'), 'utf8');
      const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)];
      return [name, blocks.map(([, source = ''], i) => ({ title: `${name}-${i + 1}`, source }))];
    }),
  );
}

/** Code in front of an example: `show` compares a value with its comment; `...` ends a number that is cut. */
const PRELUDE = `import { deepStrictEqual, ok } from 'node:assert/strict';
const show = (value: unknown, said: unknown) => deepStrictEqual(structuredClone(value), said);
const showStart = (value: unknown, start: string) => ok(String(value).startsWith(start), \`\${value} is not \${start}...\`);
`;

/** An example in which each `VALUE; // what it is` is a check. */
const checked = (source: string): string =>
  PRELUDE +
  source.replaceAll(
    /^(?!const |let |import |\/\/)(\S.*); \/\/ (.+)$/gm,
    (_line, value: string, said: string) =>
      said.endsWith('...') ? `showStart(${value}, '${said.slice(0, -3)}');` : `show(${value}, ${said});`,
  );

/** Compiles examples where every package is found. */
export async function compileExamples(examples: readonly Example[]) {
  const parent = join(ROOT, 'test', 'dist');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'readme-'));
  const files = examples.map((example) => {
    const file = join(folder, `${example.title}.mts`);
    writeFileSync(file, checked(example.source));
    return file;
  });
  const project = join(folder, 'tsconfig.json');
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  };
  writeFileSync(
    project,
    JSON.stringify({ extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, files }),
  );
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await execa(process.execPath, [tsc, '-p', project], { cwd: ROOT, reject: false });
  return {
    /** The compiler's errors about all examples; empty when there are none. */
    problems: stdout,
    run: async (example: Example) => {
      await execa(process.execPath, [join(folder, `${example.title}.mjs`)], { cwd: ROOT });
    },
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
