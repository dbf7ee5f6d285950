/**
 * Environment that a process must be started with before it loads the engine.
 *
 * Threads: kernels may sum in another order with another number of threads, so an executor has one and
 * cores are used by processes. Malloc: activations of a batch are larger than glibc's largest mmap
 * threshold, so by default each kernel maps, faults in and unmaps its output; keeping the heap instead
 * made two concurrent LeNet passes twice as fast (see docs/engine.md).
 */
export function workerEnvironment(): Readonly<Record<string, string>> {
  return {
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: '1',
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_DETERMINISTIC_OPS: '1',
    NVIDIA_TF32_OVERRIDE: '0',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    MALLOC_ARENA_MAX: '1',
    MALLOC_MMAP_MAX_: '0',
    MALLOC_TRIM_THRESHOLD_: '1073741824',
    MALLOC_TOP_PAD_: '134217728',
  };
}
