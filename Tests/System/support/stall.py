"""Stops some threads of a process, by ptrace(2), until the process is gone: stall.py PID PREFIX

The others go on. Prints `stalled` and the names of those whose name begins with the prefix.
"""

import ctypes
import os
import sys

PTRACE_SEIZE = 0x4206
PTRACE_INTERRUPT = 0x4207
WALL = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        sys.exit(f"ptrace: {os.strerror(ctypes.get_errno())}")


process, prefix = int(sys.argv[1]), sys.argv[2]
names = []
for thread in map(int, os.listdir(f"/proc/{process}/task")):
    with open(f"/proc/{process}/task/{thread}/comm") as file:
        name = file.read().strip()
    if name.startswith(prefix):
        ptrace(PTRACE_SEIZE, thread)
        ptrace(PTRACE_INTERRUPT, thread)
        names.append(name)
if not names:
    sys.exit(f"no thread is called {prefix}…")
print("stalled", *names, flush=True)

# A thread that is traced is gone only when its tracer has waited for it.
while True:
    try:
        _, status = os.waitpid(-1, WALL)
    except ChildProcessError:
        break
