# SPDX-License-Identifier: Apache-2.0
"""A program on a pseudo-terminal, driven by what it prints."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time


class PseudoTerminal:
    """`PseudoTerminal([program, words…], environment)` starts it; `end` gives its exit code."""

    def __init__(self, words, environment=None, columns=100, lines=40, folder=None):
        self.text = ""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            try:
                if folder:
                    os.chdir(folder)
                os.execvpe(words[0], words, environment if environment is not None else dict(os.environ))
            finally:
                os._exit(127)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, within):
        """What arrives within that time; False at the end."""
        ready, _, _ = select.select([self.descriptor], [], [], within)
        if not ready:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.text += data.decode(errors="replace")
        return bool(data)

    def until(self, words, within=20.0, start=0):
        """Reads until `words` (or what a function of the text finds) have been printed."""
        is_there = words if callable(words) else lambda text: words in text
        end = time.monotonic() + within
        while not is_there(self.text[start:]):
            if time.monotonic() > end or not self.read(0.2):
                if is_there(self.text[start:]):
                    break
                raise AssertionError(f"{words!r} was not printed; so far: {self.text[start:]!r}")
        return self.text

    def quiet(self, period=0.3, within=10.0):
        """Reads until nothing comes any more."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            before = len(self.text)
            if not self.read(period) or len(self.text) == before:
                return self.text
        return self.text

    def send(self, text):
        os.write(self.descriptor, text.encode())

    def echoes(self):
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self.descriptor)[3] & termios.ECHO)

    def end(self, within=20.0):
        limit = time.monotonic() + within
        while self.read(0.2):
            if time.monotonic() > limit:
                self.kill()
                raise AssertionError(f"it does not end; so far: {self.text!r}")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def kill(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.descriptor)
            self.pid = None


if __name__ == "__main__":
    # terminal.py SECRET PROGRAM WORD…: says yes, and types the secret where what is typed is not shown.
    terminal = PseudoTerminal(sys.argv[2:])
    answered = 0
    while terminal.read(0.5):
        new = terminal.text[answered:]
        if "(not shown)" in new or "[y/N]" in new:
            answered = len(terminal.text)
            time.sleep(0.05)  # What is typed before the prompt is ready is thrown away.
            terminal.send((sys.argv[1] if "(not shown)" in new else "y") + "\r")
    code = terminal.end()
    sys.stdout.write(terminal.text)
    sys.exit(code)
