"""What the soaks share: ports, and processes that are watched."""
import pathlib
import socket
import sys
import time


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def resident(pid):
    """KiB of memory; 0 once it has ended."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def wait_for(log, what, process):
    """Until a line of the log has it; ends the program when the process does before."""
    while what not in log.read_text():
        if process.poll() is not None:
            sys.exit(f"it ended: {log.read_text()}")
        time.sleep(0.05)
