"""Measures what `eventcodes watch` costs while nothing happens and while files grow, and how soon it shows an event.

    cargo build --release -p event-log-codes-cli
    python3 cli/benches/watch.py target/release/eventcodes

Needs Python 3.9 and Linux. Prints a table in Markdown, a row for each number of files in one directory: the share
of one core that goes into nothing, into a line every 10 ms in another file each time, and into 100,000 lines a
second in one file; and how long it takes from the write of an event to the screen that shows its device.
"""

import argparse
import os
import pty
import random
import statistics
import subprocess
import tempfile
import threading
import time

EVENT = '{"date_time":"2025-08-29T06:00:00Z","device_id":"%s","event_type":"UPD4_FAIL_303"}\n'


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("eventcodes", help="the binary to measure")
    arguments.add_argument("--files", type=int, nargs="*", default=[1, 1_000, 10_000])
    arguments.add_argument("--seconds", type=float, default=10, help="how long each state is measured")
    arguments.add_argument("--events", type=int, default=20, help="events to be shown")
    arguments = arguments.parse_args()
    print("| files | idle | a line every 10 ms | 100,000 lines/s | shown after, median | at most |")
    print("|--:|--:|--:|--:|--:|--:|")
    for count in arguments.files:
        with tempfile.TemporaryDirectory() as directory:
            files = [os.path.join(directory, f"{number}.log") for number in range(count)]
            for file in files:
                append(file, EVENT % "before")
            command = [arguments.eventcodes, "watch", directory]
            states = [lambda end: None, lambda end: lines(files, end), lambda end: many_lines(files[0], end)]
            costs = [cost(command, state, arguments.seconds) for state in states]
            delays = shown(command, files, arguments.events)
        shares = " | ".join(f"{share:.1%}" for share in costs)
        print(f"| {count:,} | {shares} | {statistics.median(delays) * 1e3:.0f} ms | {max(delays) * 1e3:.0f} ms |", flush=True)


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def lines(files, end):
    while time.monotonic() < end:
        append(random.choice(files), EVENT % random.randrange(1000))
        time.sleep(0.01)


def many_lines(file, end):
    line = (EVENT % "busy").encode()
    with open(file, "ab", buffering=0) as out:
        # A write each, as many at a time as keep the pace.
        started, written = time.monotonic(), 0
        while (now := time.monotonic()) < end:
            while written < (now - started) * 100_000:
                out.write(line)
                written += 1
            time.sleep(0.0005)


def processor_time(process):
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(command, state, seconds):
    process = subprocess.Popen([*command, "--format", "ndjson"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)
    before, started = processor_time(process), time.monotonic()
    state(started + seconds)
    time.sleep(max(0, started + seconds - time.monotonic()))
    used, elapsed = processor_time(process) - before, time.monotonic() - started
    process.terminate()
    process.wait()
    return used / elapsed


def shown(command, files, count):
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    screen, seen = bytearray(), threading.Condition()

    def read():
        try:
            while data := os.read(controller, 65536):
                with seen:
                    screen.extend(data)
                    seen.notify_all()
        except OSError:
            pass

    threading.Thread(target=read, daemon=True).start()
    with seen:
        seen.wait_for(lambda: b"inputs" in screen, 60)
    time.sleep(2)
    delays = []
    for number in range(count):
        # At any moment of the second in which it looks for itself.
        time.sleep(random.uniform(0.5, 1.5))
        device = f"shown-{number}-"
        started = time.monotonic()
        append(random.choice(files), EVENT % device)
        with seen:
            assert seen.wait_for(lambda: device.encode() in screen, 60), "never shown"
        delays.append(time.monotonic() - started)
    process.terminate()
    process.wait()
    os.close(controller)
    return delays


if __name__ == "__main__":
    main()
