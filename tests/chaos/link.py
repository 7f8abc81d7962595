"""A line between a client and Redis that can go dead without a word: both ends stay open, nothing passes any more."""

import contextlib
import socket
import threading


class Link:
    """Passes every connection on to a port of this machine.

    Args:
        to: That port.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._age = 0
        self._ended = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, name="link", daemon=True).start()

    def go_dead(self) -> None:
        """Nothing passes any more over the connections there are; new ones work."""
        self._age += 1

    def close(self) -> None:
        """End it."""
        self._ended.set()
        self._door.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to), timeout=2)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(*pair, self._age), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, age: int) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if age != self._age:
                    self._ended.wait()
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
