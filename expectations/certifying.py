"""The certifier's own side: what runs in its process."""

import gc
import json
import os
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from expectations.native import Question


def serve(line: int) -> None:
    """Answer every question on the line, in order, until it ends."""
    connection, asked = Connection(line), SimpleQueue()
    Thread(target=_heard, args=(connection, asked), daemon=True).start()
    gc.disable()  # loading makes objects by the hundred thousand, none of them garbage
    from expectations.library import answer

    gc.freeze()
    gc.enable()
    while True:
        connection.send_bytes(json.dumps(answer(asked.get())).encode())


def _heard(connection: Connection, asked: SimpleQueue) -> None:
    """Whoever asks may end at any time, and this process with it, whatever it is doing."""
    try:
        while True:
            asked.put(Question.received(connection.recv_bytes(), connection.recv_bytes()))
    finally:
        os._exit(0)
