"""No-op tasks on Dask.distributed: four worker processes of one thread, client.map in bounded waves."""

import json
import sys
import time

import distributed

WORKERS = 4
WAVE = 10_000


def noop(index):
    return index


def run(client, tasks, salt):
    total = 0
    for start in range(0, tasks, WAVE):
        futures = client.map(noop, range(start, min(start + WAVE, tasks)), pure=False, key=f"noop-{salt}-{start}")
        total += sum(client.gather(futures))
    return total


def main():
    tasks = int(sys.argv[1])
    with distributed.LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            run(client, 1000, "warm")
            start = time.perf_counter()
            total = run(client, tasks, "run")
            seconds = time.perf_counter() - start
    if total != tasks * (tasks - 1) // 2:
        raise SystemExit("a result is missing")
    version = distributed.__version__
    print(json.dumps({"peer": "dask", "version": version, "durable": False, "tasks": tasks, "seconds": seconds}))


if __name__ == "__main__":
    main()
