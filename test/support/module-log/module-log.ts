import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

/** The packages of TensorFlow.js, and its binding. */
const TENSOR_LIBRARY = /@tensorflow[/+]|tfjs/;

export interface LoggedProcess {
  /** Its program and first argument, such as `run.js serve`. */
  readonly name: string;
  readonly modules: readonly string[];
  readonly hasTensorLibrary: boolean;
}

/** Which modules processes load: those that are started with `env`, and those that they start. */
export class ModuleLog {
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;

  constructor(folder: string) {
    mkdirSync(folder);
    this.#folder = folder;
    this.env = { NODE_OPTIONS: `--require=${PRELOAD}`, OODGRID_TEST_MODULE_LOG: folder };
  }

  /** The processes that loaded modules so far. */
  processes(): readonly LoggedProcess[] {
    return readdirSync(this.#folder).map((file) => {
      const [name = '', ...modules] = readFileSync(join(this.#folder, file), 'utf8').trimEnd().split('\n');
      return { name, modules, hasTensorLibrary: modules.some((module) => TENSOR_LIBRARY.test(module)) };
    });
  }
}
