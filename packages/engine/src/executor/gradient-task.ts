import { OodError, type TaskSpec } from '@oodgrid/contract';
import type { Perturbation, Probe } from '@oodgrid/methods';
import type { TapModel, Taps, Trace } from '@oodgrid/models';
import { type Tensor, type Tensor1D, type Tensor4D, tf, tidied } from '../backend/tensors.js';
import { fillColumn } from './forward-task.js';
import type { ImageSource } from './image-source.js';
import { UnitBatch } from './method-batch.js';
import {
  type Computation,
  finiteTaps,
  type LoadedModel,
  requireFiniteScores,
  requireFiniteStep,
  requireFiniteTaps,
} from './not-finite.js';
import { deviations } from './pixels.js';
import { requireTaps } from './require-taps.js';
import type { Chunk, TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit, Setting } from './unit.js';

/** One column of the result: a score of the method's under a setting, of an input that was moved as its probe says. */
interface Job {
  readonly probe: Probe;
  readonly setting: Setting;
  /** The method's own name of the column, and its place in the result. */
  readonly name: string;
  readonly column: number;
}

interface PlannedUnit {
  readonly unit: OpenUnit;
  readonly perturb: Perturbation<Setting>;
  readonly columns: number;
  /** Jobs that share a gradient, in the order of their first ones. */
  readonly lines: readonly (readonly [Job, ...Job[]])[];
}

/**
 * Per batch: one forward pass for the gradients of all units, one gradient per probe key for all its
 * magnitudes, one forward pass per moved input no further than the tap that its probe names.
 */
export async function runGradientUnits(
  loaded: LoadedModel,
  source: ImageSource,
  units: readonly OpenUnit[],
  task: Pick<TaskSpec, 'seed' | 'transform'>,
  io: TaskIo,
  meter: WorkMeter,
): Promise<void> {
  const { model } = loaded;
  const planned = units.map((unit) => planUnit(model, unit));
  const taps = [...new Set(planned.flatMap(({ lines }) => lines.flatMap((line) => line.flatMap(tapsOf))))];
  for (const start of source.batches) {
    const chunks: Chunk[] = [];
    await tidied(async () => {
      const batch = source.batch(start);
      const trace = await traceOf(model, batch.x, taps);
      const computation = { ...loaded, batch };
      requireTaps(model.facts, trace.taps, taps, batch.indices.length);
      await requireFiniteTaps(computation, batch.x, trace.taps);
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
      const moved = { computation, trace, std: tf.tensor1d([...deviations(task.transform)]), meter };
      for (const one of planned) {
        const data = new Float32Array(batch.indices.length * one.columns);
        using shared = new UnitBatch(one.unit, computation, task.seed);
        for (const line of one.lines) {
          io.signal.throwIfAborted();
          await scoreLine(moved, one, shared, line, data);
          io.progress(meter.counts);
          // Kernels are synchronous: without a pause no message could come or go during a long sweep.
          await new Promise((resolve) => setImmediate(resolve));
        }
        chunks.push({
          key: one.unit.spec.key,
          offsetRows: batch.firstRow,
          rows: batch.indices.length,
          columns: one.columns,
          data,
        });
      }
    });
    for (const chunk of chunks) await io.emit(chunk);
  }
}

const tapsOf = ({ probe: { tap, reads = [] } }: Job): readonly string[] => [tap, ...reads];

async function traceOf(model: TapModel, x: Tensor4D, taps: readonly string[]): Promise<Trace> {
  const trace = await model.trace?.(x, taps);
  if (trace === undefined) throw new OodError('internal', `model "${model.facts.name}" has no gradients`);
  return trace;
}

function planUnit({ facts }: TapModel, unit: OpenUnit): PlannedUnit {
  const { arithmetic, settings } = unit;
  const { perturb } = arithmetic;
  if (perturb === undefined) throw new OodError('internal', `method "${arithmetic.name}" moves no input`);
  const names = arithmetic.columns?.(facts) ?? ['score'];
  const lines = new Map<string, [Job, ...Job[]]>();
  for (const [s, setting] of settings.entries()) {
    for (const [c, name] of names.entries()) {
      const job = { probe: perturb.probe(name, setting, facts), setting, name, column: s * names.length + c };
      const line = lines.get(job.probe.key);
      if (line === undefined) lines.set(job.probe.key, [job]);
      else line.push(job);
    }
  }
  return { unit, perturb, columns: settings.length * names.length, lines: [...lines.values()] };
}

interface MovedBatch {
  readonly computation: Computation;
  readonly trace: Trace;
  readonly std: Tensor1D;
  readonly meter: WorkMeter;
}

/** Fills the columns of `data` [rows, columns] whose jobs share a gradient. */
async function scoreLine(
  { computation, trace, std, meter }: MovedBatch,
  { unit, perturb, columns }: PlannedUnit,
  shared: UnitBatch,
  line: PlannedUnit['lines'][number],
  data: Float32Array,
): Promise<void> {
  const { x } = computation.batch;
  const rows = x.shape[0];
  const method = unit.arithmetic.name;
  const [first] = line;
  await tidied(async () => {
    let step: Tensor | undefined;
    for (const job of line) {
      const { tap, magnitude } = job.probe;
      // A magnitude of 0 leaves the input as it is: the traced taps are what a pass would give.
      if (magnitude !== 0 && step === undefined) {
        const gradient = await trace.gradient(
          tap,
          perturb.cotangent(shared.of(first.setting, trace.taps), first.name),
        );
        step = perturb.step(tf, gradient, std);
        await requireFiniteStep(computation, method, tap, gradient, step);
        meter.gradients += rows;
      }
      const values = await tidied(async () => {
        const input =
          magnitude === 0 || step === undefined ? x : tf.add<Tensor4D>(x, tf.mul(step, magnitude));
        const taps = input === x ? trace.taps : await movedTaps(computation, input, job.probe);
        const scores = unit.arithmetic.score(shared.of(job.setting, taps), job.name).dataSync<'float32'>();
        await requireFiniteScores(computation, input, unit.arithmetic, scores);
        return scores;
      });
      if (magnitude !== 0) meter.forwards += rows;
      fillColumn(data, values, job.column, columns);
    }
  });
}

/** Taps that a probe's job reads of the pass of a moved input; what lies between is freed. */
async function movedTaps(
  computation: Computation,
  input: Tensor4D,
  { tap, reads = [tap] }: Probe,
): Promise<Taps> {
  const kept = new Map<string, Tensor>();
  await tidied(async () => {
    for (const [name, value] of await finiteTaps(computation, input, reads)) {
      if (!reads.includes(name)) continue;
      kept.set(name, value);
    }
    return [...kept.values()];
  });
  return kept;
}
