"""Connections that other users' processes made: the kernel says who they are."""

import os
import socket

from harness.client import Client


class Visitor(Client):
    """A connection of a process of its own, which lives as long as it.

    `OSError` when that process may not connect.
    """

    def __init__(self, path, uid, gid=None, groups=(), prepare=lambda: None):
        ours, theirs = socket.socketpair()
        self.process = os.fork()
        if self.process == 0:
            ours.close()
            self.visit(theirs, path, uid, uid if gid is None else gid, groups, prepare)
        theirs.close()
        self.leash = ours
        report, descriptors, _, _ = socket.recv_fds(ours, 16, 1)
        if not descriptors:
            self.leave()
            raise OSError(int(report), os.strerror(int(report)))
        super().__init__(path, socket.socket(fileno=descriptors[0]))

    @staticmethod
    def visit(leash, path, uid, gid, groups, prepare):
        try:
            prepare()
            os.setgroups(groups)
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(path))
            socket.send_fds(leash, [b"0"], [connection.fileno()])
            connection.close()
        except OSError as error:
            leash.send(str(error.errno).encode())
        leash.recv(1)
        os._exit(0)

    def leave(self):
        self.leash.close()
        os.waitpid(self.process, 0)

    def close(self):
        super().close()
        self.leave()
