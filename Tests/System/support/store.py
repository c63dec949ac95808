"""Puts a memfd with garbage into the file descriptor store of the unit that runs it: store.py NAME

See FDSTORE= in sd_notify(3); the unit needs NotifyAccess=all.
"""

import array
import os
import socket
import sys

descriptor = os.memfd_create(sys.argv[1])
os.write(descriptor, b"not a token\n")
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
    rights = array.array("i", [descriptor])
    message = f"FDSTORE=1\nFDNAME={sys.argv[1]}".encode()
    notify.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)], 0, os.environ["NOTIFY_SOCKET"])
