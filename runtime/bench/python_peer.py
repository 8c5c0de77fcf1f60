#!/usr/bin/env python3
"""CPython's asyncio, and uvloop: python_peer.py LOOP CASE. Fewer repetitions than
the compiled contenders, since each takes longer; the figure is per operation."""
import asyncio
import concurrent.futures
import concurrent.futures.process
import os
import random
import resource
import signal
import sys
import time


async def leaf(i):
    return i


async def chain(n):
    return 0 if n == 0 else 1 + await chain(n - 1)


async def yields(n):
    for _ in range(n):
        await asyncio.sleep(0)


def add(n):
    return n + 1


def echo(data):
    return data


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def both(pid):
    """CPU time of this process and another."""
    with open(f"/proc/{pid}/schedstat") as f:
        return time.process_time_ns() + int(f.read().split()[0])


async def processes(case):
    loop = asyncio.get_running_loop()
    pool = concurrent.futures.ProcessPoolExecutor(1)
    if case == "process_death":
        seen = []
        for _ in range(11):
            call = loop.run_in_executor(pool, time.sleep, 3600)
            while not pool._processes:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # until it has begun
            t = time.monotonic_ns()
            os.kill(next(iter(pool._processes)), signal.SIGKILL)
            try:
                await call
            except concurrent.futures.process.BrokenProcessPool:
                seen.append(time.monotonic_ns() - t)
            pool.shutdown()
            pool = concurrent.futures.ProcessPoolExecutor(1)
        pool.shutdown()
        return sorted(seen)[len(seen) // 2]
    await loop.run_in_executor(pool, add, 0)
    pid = next(iter(pool._processes))
    t = both(pid)
    if case == "process":
        n = 2_000
        for i in range(n):
            await loop.run_in_executor(pool, add, i)
    elif case == "process_pipelined":
        n = 5_000
        for _ in range(n // 1000):
            await asyncio.gather(*[loop.run_in_executor(pool, add, i) for i in range(1000)])
    else:
        n = 100
        data = bytes(1 << 20)
        for _ in range(n):
            data = await loop.run_in_executor(pool, echo, data)
    spent = both(pid) - t
    pool.shutdown()
    return spent / n


async def measure(case):
    t = time.process_time_ns()
    if case in ("await", "await_elided"):
        n = 300_000
        for i in range(n):
            await leaf(i)
    elif case == "chain":
        sys.setrecursionlimit(10_000)
        n = 300_000
        for _ in range(n // 1000):
            await chain(1000)
    elif case == "yield":
        n = 100_000
        await asyncio.gather(*(yields(n // 100) for _ in range(100)))
    elif case == "spawn":
        n = 50_000
        for _ in range(n // 1000):
            await asyncio.gather(*[asyncio.create_task(leaf(i)) for i in range(1000)])
    elif case == "spawn_one":
        n = 50_000
        for i in range(n):
            await asyncio.create_task(leaf(i))
    elif case == "sleep":
        n = 20_000
        r = random.Random(1)
        await asyncio.gather(*(asyncio.sleep(r.random() / 10) for _ in range(n)))
    elif case == "late":
        n = 20_000
        r = random.Random(1)
        loop = asyncio.get_running_loop()
        begin = loop.time() + 1

        async def is_late(until):
            await asyncio.sleep(until - loop.time())
            return 1e6 * (loop.time() - until)

        late = sorted(await asyncio.gather(*(is_late(begin + r.random() / 10) for _ in range(n))))
        return late[0] if late[0] < 0 else late[n // 2]
    elif case == "parked":
        n = 50_000
        e = asyncio.Event()
        before = resident()
        tasks = [asyncio.create_task(e.wait()) for _ in range(n)]
        await asyncio.sleep(0)
        used = resident() - before
        e.set()
        await asyncio.gather(*tasks)
        return used / n
    elif case == "cancel":
        n = 20_000
        for _ in range(n):
            task = asyncio.create_task(asyncio.sleep(3600))
            await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
    elif case == "wait_for":
        n = 20_000
        for i in range(n):
            await asyncio.wait_for(leaf(i), 1)
    elif case == "thread":
        n = 10_000
        pool = concurrent.futures.ThreadPoolExecutor(1)
        loop = asyncio.get_running_loop()
        for i in range(n):
            await loop.run_in_executor(pool, add, i)
    elif case == "thread_bulk":
        n = 20_000
        pool = concurrent.futures.ThreadPoolExecutor(1)
        loop = asyncio.get_running_loop()
        for _ in range(n // 1000):
            await asyncio.gather(*[loop.run_in_executor(pool, add, i) for i in range(1000)])
    elif case.startswith("process"):
        return await processes(case)
    else:
        return -1
    return (time.process_time_ns() - t) / n


if sys.argv[1] == "uvloop":
    import uvloop
    uvloop.install()
value = asyncio.run(measure(sys.argv[2]))
print(f"{value:.2f}")
sys.exit(value < 0)
