import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { checkMachine } from '../src/doctor/check-machine.js';
import { type Machine, placeWorkers, thisMachine } from '../src/local/place-workers.js';

const GIB = 1024 ** 3;
const machine = (cores: number, gib: number, isLimited = false): Machine => ({
  cores,
  availableBytes: gib * GIB,
  totalBytes: 2 * gib * GIB,
  isLimited,
});
const small = { small: 1.2 * GIB };
const both = { ...small, large: 6 * GIB };

describe('the number of workers', () => {
  it('is one per core, as far as memory reaches for the largest model, and never none', () => {
    expect(placeWorkers(small, undefined, machine(8, 100))).toMatchObject({
      workers: 8,
      reason: 'one per core',
    });
    expect(placeWorkers(small, undefined, machine(8, 3)).workers).toBe(2);
    expect(placeWorkers(both, undefined, machine(8, 20)).workers).toBe(3);
    expect(placeWorkers(both, undefined, machine(8, 20, true)).reason).toBe(
      'not one for each of 8 cores: model "large" takes 6 GiB in each, and 20 GiB of 40 GiB memory (the container\'s limit) available',
    );
    expect(placeWorkers(both, undefined, machine(8, 4))).toMatchObject({ workers: 1, isTight: true });
    expect(placeWorkers({}, undefined, machine(8, 4)).workers).toBe(8);
  });

  it('is what was asked for, with a word where memory does not reach', () => {
    expect(placeWorkers(both, 3, machine(2, 20))).toEqual({
      workers: 3,
      taskMemoryBytes: 20 * GIB,
      reason: 'as asked for',
      isTight: false,
    });
    expect(placeWorkers(both, 4, machine(8, 20))).toEqual({
      workers: 4,
      taskMemoryBytes: 20 * GIB,
      reason:
        'of which at most 3 compute it at once: model "large" takes 6 GiB in each, and 20 GiB of 40 GiB memory available',
      isTight: true,
    });
    // One task is tried all the same: the estimate has room.
    expect(placeWorkers(both, 4, machine(8, 5))).toEqual({
      workers: 4,
      taskMemoryBytes: 6 * GIB,
      reason:
        'which may be too many: model "large" takes 6 GiB in each, and 5 GiB of 10 GiB memory available',
      isTight: true,
    });
  });
});

describe('this machine', () => {
  it('is as large as the limit of its control group, where that is one', () => {
    const total = totalmem();
    expect(thisMachine(2 * GIB, GIB)).toMatchObject({
      totalBytes: 2 * GIB,
      availableBytes: GIB,
      isLimited: true,
    });
    // What Node says where there is no limit.
    for (const none of [0, 2 ** 64, total]) {
      expect(thisMachine(none, GIB)).toMatchObject({ totalBytes: total, isLimited: false });
    }
  });

  it('is checked by doctor for each architecture', () => {
    expect(checkMachine(machine(4, 16))).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(
        /16 GiB of 32 GiB memory available; workers by default: 4 for lenet, [^;]+; .*1 for resnet34-cifar; too little memory for densenet-bc-100-12 \(one worker needs \d\d(\.\d)? GiB\)$/,
      ),
    });
    expect(checkMachine(machine(4, 3, true))).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/too little memory for .*resnet34-cifar \(one worker needs 8\.2 GiB\)/),
    });
    expect(checkMachine(machine(4, 1, true))).toMatchObject({
      state: 'warning',
      fix: expect.stringMatching(/^raise the container's limit: one worker needs \d(\.\d)? GiB for lenet$/),
    });
  });
});
