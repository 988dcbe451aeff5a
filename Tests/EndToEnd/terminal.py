# SPDX-License-Identifier: Apache-2.0
"""A program behind a pseudo-terminal: what it shows, what is typed, and how the terminal is set at any moment."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


class Terminal:
    """One command in a session of its own, with the terminal that it controls."""

    def __init__(self, words, environment):
        self.shown = b""
        self._seen = 0
        self._code = None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            # As a shell on a terminal starts it: whoever runs these tests in the background may have these ignored.
            for ending in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
                signal.signal(ending, signal.SIG_DFL)
            os.execve(words[0], words, environment)
        self.before = self.flags()

    def flags(self):
        """The local flags of the terminal, which say among others whether it echoes."""
        return termios.tcgetattr(self.master)[3]

    @property
    def echoes(self):
        return bool(self.flags() & termios.ECHO)

    def read(self, within=0.05):
        """Takes up what has been shown since, for as long as more comes."""
        while select.select([self.master], [], [], within)[0]:
            try:
                some = os.read(self.master, 65536)
            except OSError:
                return
            if not some:
                return
            self.shown += some

    def await_text(self, text, within=20.0):
        """Behind what was waited for before."""
        end = time.monotonic() + within
        while (place := self.shown.find(text.encode(), self._seen)) < 0:
            self.read()
            assert time.monotonic() < end, f"'{text}' was never shown:\n{self.text}"
        self._seen = place + len(text.encode())
        return self

    def await_quiet(self, text, within=20.0):
        """A prompt for a secret that begins with `text`: shown, and nothing is echoed any more."""
        self.await_text(text)
        end = time.monotonic() + within
        while self.echoes:
            assert time.monotonic() < end, "the terminal still echoes"
            time.sleep(0.005)
        return self

    def type(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        while data:
            data = data[os.write(self.master, data[:512]):]
            self.read(0)
        return self

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def kill(self, number):
        os.kill(self.pid, number)

    def end(self, within=20.0):
        """Its exit code; the negative number of the signal that ended it."""
        end = time.monotonic() + within
        while self._code is None:
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
                self.read()
            assert self._code is not None or time.monotonic() < end, f"it has not ended:\n{self.text}"
        return self._code

    def close(self):
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)

    @property
    def text(self):
        return self.shown.decode(errors="replace").replace("\r\n", "\n")
