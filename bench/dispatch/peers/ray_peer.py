"""No-op tasks on Ray, as its documentation does it: remote functions, results by ray.get in bounded waves."""

import json
import sys
import time

import ray

WORKERS = 4
WAVE = 10_000


@ray.remote
def noop(index):
    return index


def run(tasks):
    total = 0
    for start in range(0, tasks, WAVE):
        total += sum(ray.get([noop.remote(i) for i in range(start, min(start + WAVE, tasks))]))
    return total


def main():
    tasks = int(sys.argv[1])
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    run(1000)
    start = time.perf_counter()
    total = run(tasks)
    seconds = time.perf_counter() - start
    if total != tasks * (tasks - 1) // 2:
        raise SystemExit("a result is missing")
    print(json.dumps({"peer": "ray", "version": ray.__version__, "durable": False, "tasks": tasks, "seconds": seconds}))


main()
