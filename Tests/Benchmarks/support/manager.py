"""As much of systemd as a start needs: listening sockets, NOTIFY_SOCKET and the file descriptor store."""

import array
import fcntl
import os
import select
import signal
import socket
import time

from harness.suite import Failure, expect

FIRST_DESCRIPTOR = 3  # SD_LISTEN_FDS_START
UNIT_SOCKET = "bearerd.socket"
START_SECONDS = 90  # the unit's TimeoutStartSec=


class Manager:
    """Starts a daemon as systemd starts bearerd.service, again and again. It is given what it has stored."""

    def __init__(self, daemon):
        self.command, self.log, self.socket = daemon.command(), daemon.log, daemon.socket
        self.notify_path = daemon.directory / "notify"
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(self.notify_path))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.socket))
        os.chmod(self.socket, 0o660)
        self.listener.listen(128)
        self.stored = []
        self.pid = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        self.notify.close()
        self.listener.close()
        for _, descriptor in self.stored:
            os.close(descriptor)

    def start(self):
        """Milliseconds from execve(2) to READY=1."""
        descriptors = [(UNIT_SOCKET, self.listener.fileno()), *self.stored]
        self.pid, begin = execute(
            self.command,
            {
                "PATH": os.environ["PATH"],
                "NOTIFY_SOCKET": str(self.notify_path),
                "WATCHDOG_USEC": "30000000",
                "LISTEN_FDS": str(len(descriptors)),
                "LISTEN_FDNAMES": ":".join(name for name, _ in descriptors),
            },
            [descriptor for _, descriptor in descriptors],
            self.log,
        )
        while "READY" not in (self.take_message(START_SECONDS) or self.give_up()):
            pass
        return (time.monotonic_ns() - begin) / 1e6

    def give_up(self):
        lines = self.log.read_text().splitlines()
        raise Failure(f"{self.command[0]}: not ready within {START_SECONDS} s: {lines[-5:]}")

    def take_message(self, seconds):
        """The fields of the next message, and what they ask done; None when there is none within this time."""
        if not select.select([self.notify], [], [], seconds)[0]:
            return None
        data, ancillary, _, _ = self.notify.recvmsg(65_536, socket.CMSG_SPACE(64), socket.MSG_CMSG_CLOEXEC)
        descriptors = array.array("i")
        for _, _, rights in ancillary:
            descriptors.frombytes(rights)
        fields = dict(line.split("=", 1) for line in data.decode().splitlines())
        if "FDSTORE" in fields:
            self.stored += [(fields["FDNAME"], descriptor) for descriptor in descriptors]
        if "FDSTOREREMOVE" in fields:
            for item in [item for item in self.stored if item[0] == fields["FDNAME"]]:
                self.stored.remove(item)
                os.close(item[1])
        return fields

    def take_messages(self, seconds):
        """Does what the messages of this time ask."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.take_message(left)

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        status = self.wait()
        expect(status == 0, f"{self.command[0]}: exited with {os.waitstatus_to_exitcode(status)}")
        # What it said at its end.
        while self.take_message(0):
            pass

    def wait(self):
        pid, self.pid = self.pid, None
        return os.waitpid(pid, 0)[1]


def execute(command, environment, descriptors, log):
    """The process and the monotonic time, in nanoseconds, right before its execve(2)."""
    report, reported = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            # Out of the way first: a number that is wanted may be taken by another one.
            beyond = FIRST_DESCRIPTOR + len(descriptors) + max([report, reported, *descriptors]) + 1
            reported = move(reported, beyond)
            high = [move(descriptor, beyond) for descriptor in descriptors]
            for number, descriptor in enumerate(high):
                os.dup2(descriptor, FIRST_DESCRIPTOR + number)
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(output, 1)
            os.dup2(output, 2)
            environment = {**environment, "LISTEN_PID": str(os.getpid())}
            os.write(reported, str(time.monotonic_ns()).encode())
            os.execve(command[0], command, environment)
        finally:
            os._exit(127)
    os.close(reported)
    with open(report, "rb") as pipe:
        return pid, int(pipe.read())


def move(descriptor, beyond):
    """A copy with a number from `beyond` on, closed at execve(2)."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, beyond)


def time_of(command, log):
    """Milliseconds from execve(2) of a short-lived command to its end."""
    pid, begin = execute([str(word) for word in command], {}, [], log)
    _, status = os.waitpid(pid, 0)
    expect(status == 0, f"{command[0]}: exited with {os.waitstatus_to_exitcode(status)}")
    return (time.monotonic_ns() - begin) / 1e6
