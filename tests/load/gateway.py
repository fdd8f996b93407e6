#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""byollmd beside nginx as a bare reverse proxy, in front of one stand-in LLM,
in one run: requests by wrk, streams, overload. Requests also beside gateways
that keep two durable rows of each and do nothing else. Prints figures for
docs/benchmarks.md; nothing here passes or fails but by an error.

What is measured has the first core, with one loop or one worker; load and
stand-in share the others. CPU is of the gateway's processes, from /proc.
Needs nginx, wrk, and the preset "bench":
  gateway.py --build .build/bench [--only requests|streams|overload]
"""

import argparse
import contextlib
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
OURS = str(CORES[0])
OTHERS = ",".join(map(str, CORES[1:] or CORES))


def on(cores, *command):
    return ["taskset", "-c", cores, *map(str, command)]


def family(pid):
    """Returns a process and its children."""
    listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [pid, *map(int, listed.split())]


def times_us(pids):
    """Returns user and system time."""
    ticks = [0, 0]
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        for i in range(2):
            ticks[i] += int(fields[2].split()[11 + i])
    return [x * 1e6 / TICK for x in ticks]


def cpu_us(pids):
    return sum(times_us(pids))


def resident_kib(pids):
    sizes = (re.search(r"VmRSS:\s+(\d+)",
                       pathlib.Path(f"/proc/{pid}/status").read_text())
             for pid in pids)
    return sum(int(size.group(1)) for size in sizes if size)


def numbers(line):
    return {name: float(value)
            for name, value in re.findall(r"(\w+)=([0-9.]+)", line)}


class Gateway:
    """Something that takes requests, and its processes."""

    def __init__(self, name, port, pid=None):
        self.name, self.port = name, port
        self.pids = family(pid) if pid else []


class World:
    """A stand-in LLM, and byollmd and nginx in front of it."""

    def __init__(self, build, root, stack, standin, settings=""):
        self.build, self.root, self.stack = build, root, stack
        self.token = self.cold_token = "none"
        llm = self.start(on(OTHERS, build / "app/standin/byollm-standin",
                            "--port", "0", "--until-stdin-closes", *standin))
        self.llm = Gateway("stand-in alone", self.port_of(llm))
        self.url = f"http://127.0.0.1:{self.llm.port}"
        self.byollmd = self.start_byollmd(settings)
        self.nginx = self.start_nginx()

    def start(self, command, **more):
        process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, **more)

        def end():
            process.terminate()
            process.communicate(timeout=60)
        self.stack.callback(end)
        return process

    def port_of(self, process):
        line = process.stdout.readline()
        return int(re.search(r":(\d+)\D*$", line).group(1))

    def byollm(self, *arguments, stdin=""):
        done = subprocess.run(
            [self.build / "app/cli/byollm", "--data-dir", self.root / "data",
             *arguments], input=stdin, text=True, capture_output=True)
        if done.returncode:
            sys.exit(f"byollm {arguments}: {done.stderr}")
        return done.stdout

    def start_byollmd(self, settings):
        file = self.root / "byollmd.toml"
        file.write_text('data_directory = "data"\n[listen]\n'
                        'http = "127.0.0.1:0"\n[runtime]\nloops = 1\n'
                        f'{settings}\n[log]\nlevel = "error"\n')
        process = self.start(on(OURS, self.build / "app/daemon/byollmd",
                                "--config", file))
        port = int(re.search(r":(\d+);", process.stdout.readline()).group(1))
        self.byollm("origin", "allow", "--platform", self.url)
        self.byollm("config", "set", "--platform", "--provider", "openai",
                    "--model", "standin-1", "--base-url", self.url,
                    stdin="sk-bench-0123456789\n")
        self.token, self.cold_token = (
            self.byollm("--tenant", tenant, "--user", "ada", "token", "client")
            .strip() for tenant in ("hot", "cold"))
        return Gateway("byollmd", port, process.pid)

    def use_own_keys(self, users):
        """From now on our client asks as so many users with a key each: of
        one key no more than 256 calls are with the provider at a time."""
        tokens = []
        self.byollm("--tenant", "hot", "origin", "allow", self.url)
        for user in (f"u{i}" for i in range(users)):
            who = ("--tenant", "hot", "--user", user)
            self.byollm(*who, "config", "set", "--provider", "openai",
                        "--model", "standin-1", "--base-url", self.url,
                        stdin="sk-bench-0123456789\n")
            tokens.append(self.byollm(*who, "token", "client").strip())
        self.token = ",".join(tokens)

    def start_nginx(self):
        root = self.root / "nginx"
        root.mkdir()
        port = 20_000 + os.getpid() % 10_000
        conf = root / "nginx.conf"
        conf.write_text(f"""
daemon off; worker_processes 1; pid {root}/pid; error_log {root}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off; client_body_temp_path {root}/body; proxy_temp_path {root}/p;
  fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  keepalive_requests 1000000000;
  upstream llm {{ server 127.0.0.1:{self.llm.port}; keepalive 2048;
                  keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://llm; proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header Connection ""; proxy_set_header Host localhost;
    }}
  }}
}}
""")
        # Only a master that is root may change users: workers stay who we are.
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        process = self.start(on(OURS, shutil.which("nginx") or
                                "/usr/sbin/nginx", "-c", conf, "-p", root,
                                *user), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not pathlib.Path(root / "pid").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("nginx does not start")
            time.sleep(0.05)
        time.sleep(0.3)
        return Gateway("nginx", port, process.pid)

    def start_plain(self, ledger):
        process = self.start(on(OURS,
                                self.build / "tests/load/byollm-plain-gateway",
                                "--llm", self.llm.port, "--ledger", ledger,
                                "--file", self.root / f"{ledger}.db"))
        return Gateway(f"plain, {ledger}", self.port_of(process), process.pid)

    def client(self, gateway, *arguments, **more):
        """Starts our own client."""
        return subprocess.Popen(
            on(OTHERS, self.build / "tests/load/byollm-gateway-load",
               "--port", gateway.port, "--token", self.token, *arguments),
            stdout=subprocess.PIPE, text=True, **more)


class Median:
    """Collects figures of several repetitions, by way."""

    def __init__(self):
        self.rows = {}

    def add(self, name, figures):
        self.rows.setdefault(name, []).append(figures)

    def of(self, name, figure):
        return statistics.median(x.get(figure, 0) for x in self.rows[name])

    def show(self, columns):
        print("| |" + "|".join(f" {x} " for x in columns) + "|")
        print("|" + "---|" * (len(columns) + 1))
        for name in self.rows:
            print(f"| {name} |" + "|".join(
                f" {self.of(name, x):,.1f} " for x in columns) + "|")


def wrk(world, gateway, connections, seconds):
    before = times_us(gateway.pids)
    out = subprocess.run(
        on(OTHERS, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s",
           HERE / "gateway.lua", f"http://127.0.0.1:{gateway.port}"),
        env={**os.environ, "GATEWAY_TOKEN": world.token}, text=True,
        capture_output=True, check=True).stdout
    user, kernel = (now - then for now, then
                    in zip(times_us(gateway.pids), before))
    got = numbers(re.search("^result.*$", out, re.M).group(0))
    got["req/s"] = got["requests"] / got["seconds"]
    got["CPU us"] = (user + kernel) / got["requests"]
    got["kernel us"] = kernel / got["requests"]
    return got


def requests(build, root, stack, args):
    world = World(build, root, stack, ["--fixed-body-bytes", "600"],
                  "calls_per_tenant = 2048")
    rivals = [world.nginx,
              *map(world.start_plain, ("none", "bare", "plain"))]
    for connections in (1, 64, 512):
        figures = Median()
        for repetition in range(args.repeat + 1):
            for way in (world.llm, *rivals, world.byollmd):
                got = wrk(world, way, connections, args.seconds)
                if repetition:
                    figures.add(way.name, got)
        print(f"\n{connections} connections")
        figures.show(["req/s", "CPU us", "kernel us", "p50_us", "p99_us",
                      "refused", "lost"])
        ours = figures.of("byollmd", "CPU us")
        for rival in rivals:
            ratio = ours / figures.of(rival.name, "CPU us")
            print(f"CPU per request, byollmd / {rival.name}: {ratio:.2f}")


def streams(build, root, stack, args):
    world = World(build, root, stack, ["--chunks", "64", "--chunk-interval-ms",
                                       "10", "--fixed-body-bytes", "2048"],
                  "calls_per_tenant = 2048")
    world.use_own_keys(8)
    # The most first: a process keeps its memory, so that only the first tells.
    for many in (args.streams, args.streams // 4):
        figures = Median()
        for _ in range(args.repeat):
            for way in (world.llm, world.nginx, world.byollmd):
                figures.add(way.name, stream(world, way, many, args.seconds))
        print(f"\n{many} streams, a chunk each 10 ms")
        figures.show(["chunks", "CPU us", "delay_p50_us", "delay_p99_us",
                      "lost", "cpu_share"])
        if many == args.streams:
            for name in ("nginx", "byollmd"):
                first = figures.rows[name][0]["KiB"]
                print(f"{name}: {first:.1f} KiB a stream")
        alone = figures.of("stand-in alone", "delay_p50_us")
        for name in ("nginx", "byollmd"):
            added = figures.of(name, "delay_p50_us") - alone
            print(f"{name}: added delay p50 {added / 1e3:.2f} ms")
        ratio = figures.of("byollmd", "CPU us") / figures.of("nginx", "CPU us")
        print(f"CPU per chunk, byollmd / nginx: {ratio:.2f}")


def stream(world, way, many, seconds):
    empty = resident_kib(way.pids)
    client = world.client(way, "--seconds", seconds, "streams",
                          "--streams", many)
    time.sleep(1)
    before, began = cpu_us(way.pids), time.monotonic()
    time.sleep(seconds * 0.8)
    used = cpu_us(way.pids) - before
    passed = time.monotonic() - began
    full = resident_kib(way.pids)
    got = numbers(client.communicate()[0])
    got["CPU us"] = used / (got["chunks"] * passed)
    got["KiB"] = (full - empty) / many
    return got


def asked(world, args, rate, *more):
    client = world.client(world.byollmd, "--seconds", args.seconds, "open",
                          "--rate", rate, *more)
    lines = client.communicate()[0].splitlines()
    return {line.split()[0]: numbers(line) for line in lines}


def sweep(world, args, peak, *more):
    figures = Median()
    for _ in range(args.repeat):
        for times in (0.5, 1, 2, 4, 10):
            # A cold tenant beside it, with 5 % of the peak.
            got = asked(world, args, peak * times, "--cold-token",
                        world.cold_token, "--cold-rate", peak * 0.05, *more)
            row = got["hot"]
            row["client"] = got["client"]["cpu_share"]
            row["cold_p99_us"] = got["cold"]["good_p99_us"]
            row["cold_refused"] = got["cold"].get("s429", 0)
            figures.add(f"{times:g}", row)
    figures.show(["offered", "good", "s429", "good_p50_us", "good_p99_us",
                  "refused_p50_us", "refused_p99_us", "cold_p99_us",
                  "cold_refused", "behind", "client"])
    best = max(figures.of(name, "good") for name in figures.rows)
    print(f"goodput at 10 times / best: {figures.of('10', 'good') / best:.2f}")


def overload(build, root, stack, args):
    # Bounded by places: a stream takes its provider 160 ms, and a tenant has 32.
    with tempfile.TemporaryDirectory(dir=args.directory) as below:
        with contextlib.ExitStack() as inner:
            world = World(build, pathlib.Path(below), inner,
                          ["--chunks", "4", "--chunk-interval-ms", "40",
                           "--fixed-body-bytes", "600"],
                          "calls_per_tenant = 32")
            print("\noverload where places are the bound: times 200/s")
            sweep(world, args, 200, "--stream", "--connections", "256")
    # Bounded by the core.
    world = World(build, root, stack, ["--fixed-body-bytes", "600"],
                  "calls_per_tenant = 128")
    wrk(world, world.byollmd, 64, 2)
    peak = wrk(world, world.byollmd, 64, args.seconds)["req/s"]
    print(f"\noverload where the core is the bound: times {peak:.0f}/s, which "
          "wrk reached with 64 connections")
    sweep(world, args, peak, "--connections", "1024")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=("requests", "streams", "overload"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--directory", help="where the ledgers are made")
    args = parser.parse_args()
    args.build = args.build.resolve()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"cores: the gateway {OURS}, all else {OTHERS}; "
          f"{time.strftime('%Y-%m-%d')}, medians of {args.repeat}")
    for what in (requests, streams, overload):
        if args.only in (None, what.__name__):
            with tempfile.TemporaryDirectory(dir=args.directory) as root, \
                    contextlib.ExitStack() as stack:
                what(args.build, pathlib.Path(root), stack, args)


if __name__ == "__main__":
    main()
