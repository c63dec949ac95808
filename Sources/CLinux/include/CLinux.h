// What Swift's Glibc module leaves out of the Linux API: calls behind _GNU_SOURCE, and headers it does not import.
// Every function returns what the system call returns; on -1, errno says why.
#ifndef CLINUX_H
#define CLINUX_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

/// SO_PEERCRED, see unix(7): who connected, as the kernel recorded it at connect(2).
struct clinux_peer_credentials {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};
int clinux_peer_credentials(int socket, struct clinux_peer_credentials *credentials);

/// SO_PEERGROUPS, see unix(7): the supplementary groups of who connected. `count` is the room in `groups` on entry and
/// the number of groups on return, also with ERANGE, which says that there was too little room.
int clinux_peer_groups(int socket, uint32_t *groups, uint32_t *count);

/// PR_SET_DUMPABLE 0, see prctl(2): no core file, and /proc/<pid>/mem is root's.
int clinux_set_undumpable(void);

/// PR_SET_NAME, see prctl(2): how the calling thread is called in top(1) and /proc; at most 15 bytes.
int clinux_name_thread(const char *name);

/// Whether SIG_IGN is what happens at a signal.
int clinux_is_ignored(int signal);

/// Opens /dev/null for each of the descriptors 0 to 2 that is closed, so that what is opened later is not taken for standard
/// input or output. To read it or to write there is an error, as before.
void clinux_fill_standard_descriptors(void);

/// dup3(2): `descriptor` becomes a copy of `source`, close-on-exec. 0, or -1 with an error in errno.
int clinux_replace_descriptor(int descriptor, int source);

/// signalfd(2), non-blocking, close-on-exec. The signals must be blocked in every thread.
int clinux_signalfd(const sigset_t *signals);

/// Takes one signal that is pending from a signalfd: its number, or -1.
int clinux_next_signal(int descriptor);

/// timerfd_create(2) on CLOCK_BOOTTIME, which goes on in suspend. Non-blocking, close-on-exec.
int clinux_boottime_timer(void);

/// timerfd_create(2) on CLOCK_REALTIME. Non-blocking, close-on-exec.
int clinux_realtime_timer(void);

/// timerfd_settime(2) with an absolute time. With `cancel_on_set` (CLOCK_REALTIME only) a read answers ECANCELED
/// once the wall clock was stepped.
int clinux_timer_arm(int timer, int64_t seconds, int64_t nanoseconds, bool cancel_on_set);

/// memfd_create(2) with MFD_CLOEXEC and MFD_ALLOW_SEALING. `name` shows in /proc only.
int clinux_memfd(const char *name);

/// F_ADD_SEALS, see fcntl(2): nobody can write, grow or shrink the file any more, nor take the seals off.
int clinux_seal(int memfd);

/// F_GET_SEALS: whether ``clinux_seal`` was called on it; false for what is no memfd.
bool clinux_is_sealed(int descriptor);

/// accept4(2), non-blocking, close-on-exec; who connects is asked for by other means.
int clinux_accept(int socket);

/// recvmsg(2): a message, and the descriptor that comes along, close-on-exec, -1 for none; see
/// SCM_RIGHTS in unix(7). It returns the length of the message.
ssize_t clinux_receive(int socket, void *bytes, size_t size, int *descriptor);

/// What the kernel keeps of what was sent on a Unix-domain socket until the peer reads it: bytes of memory, with what
/// keeping them takes; 0 when the kernel does not say.
int clinux_kept_for_peer(int socket);

/// open(2) with O_PATH and O_NOFOLLOW: a descriptor of what is at `path`, whatever that is, for fstat(2) and by way of
/// /proc/self/fd for chown(2) and chmod(2). Close-on-exec.
int clinux_open_path(const char *path);

/// eventfd(2), non-blocking, close-on-exec.
int clinux_eventfd(void);

/// eventfd_write(3) of 1: makes it readable.
int clinux_eventfd_signal(int event);

/// free(3), after the whole block was wiped.
void clinux_wiping_free(void *block);

/// realloc(3), which always moves the block and wipes the old one.
void *clinux_wiping_realloc(void *block, size_t size);

#endif
