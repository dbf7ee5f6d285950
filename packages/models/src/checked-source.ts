import { moduleFault, OodError, placeIn } from '@oodgrid/contract';
import type { ModelSource } from './model-source.js';
import { requireModel } from './require-model.js';
import type { TapModel } from './tap-model.js';

/**
 * A module's source of which everything that is thrown is told with the module's path, what was asked and the line, unless an error of
 * the kit says what is wrong itself. A model that it opens is checked against its facts.
 */
export function checkedSource(source: ModelSource, url: string): ModelSource {
  const told = async <T>(question: string, answer: () => T | Promise<T>): Promise<T> => {
    try {
      return await answer();
    } catch (cause) {
      if (cause instanceof OodError) throw cause;
      throw moduleFault(url, `${question}: ${OodError.from(cause).message}${placeIn(url, cause)}`, cause);
    }
  };
  const checkedModel = (model: TapModel, name: string): TapModel => {
    const { facts, head } = model;
    return {
      facts,
      ...(head === undefined ? {} : { head }),
      taps: (input, indices, names) =>
        told(`taps of model "${name}"`, () => model.taps(input, indices, names)),
      ...(model.trace === undefined ? {} : { trace: traced(model.trace.bind(model), name) }),
      ...(model.dropoutLogits === undefined ? {} : { dropoutLogits: model.dropoutLogits.bind(model) }),
      [Symbol.dispose]: () => model[Symbol.dispose](),
    };
  };
  const traced =
    (trace: NonNullable<TapModel['trace']>, name: string): NonNullable<TapModel['trace']> =>
    async (input, names) => {
      const { taps, gradient } = await told(`trace of model "${name}"`, () => trace(input, names));
      return {
        taps,
        gradient: (tap, dTap) => told(`gradient of model "${name}"`, () => gradient(tap, dTap)),
      };
    };
  return {
    ...source,
    resolve: (config, context) =>
      told(`resolve of model "${context.name}"`, () => source.resolve(config, context)),
    open: async (runtime, facts, files, split) => {
      const model = await told(`open of model "${facts.name}"`, () =>
        source.open(runtime, facts, files, split),
      );
      requireModel(model, facts, source.kind);
      return checkedModel(model, facts.name);
    },
  };
}
