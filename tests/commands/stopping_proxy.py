#!/usr/bin/env python3
"""Passes bytes on to a server, and stands still for a while once.

usage: stopping_proxy.py PORT STOP-AFTER STOP-FOR

The port it listens on is the first line on stdout. Seconds count from a connection's begin.
"""
import socket
import sys
import threading
import time


def copy(source, target, still):
    try:
        while block := source.recv(65536):
            now = time.monotonic()
            if still and still[0] <= now < still[1]:
                time.sleep(still[1] - now)
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of the two has gone


def main():
    port, after, length = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", port))
        begun = time.monotonic()
        still = (begun + after, begun + after + length)
        threading.Thread(target=copy, args=(client, server, None), daemon=True).start()
        threading.Thread(target=copy, args=(server, client, still), daemon=True).start()


main()
