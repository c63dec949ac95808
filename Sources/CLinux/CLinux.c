#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int clinux_peer_credentials(int socket, struct clinux_peer_credentials *credentials) {
    struct ucred ucred;
    socklen_t length = sizeof ucred;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &ucred, &length) != 0)
        return -1;
    if (length != sizeof ucred) {
        errno = EPROTO;
        return -1;
    }
    credentials->pid = ucred.pid;
    credentials->uid = ucred.uid;
    credentials->gid = ucred.gid;
    return 0;
}

int clinux_peer_groups(int socket, uint32_t *groups, uint32_t *count) {
    socklen_t length = *count * sizeof *groups;
    int result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &length);
    *count = length / sizeof *groups;
    return result;
}

int clinux_set_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int clinux_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

int clinux_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void clinux_fill_standard_descriptors(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            // The lowest that is free.
            open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int clinux_replace_descriptor(int descriptor, int source) {
    return dup3(source, descriptor, O_CLOEXEC) < 0 ? -1 : 0;
}

int clinux_signalfd(const sigset_t *signals) { return signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC); }

int clinux_next_signal(int descriptor) {
    struct signalfd_siginfo signal;
    return read(descriptor, &signal, sizeof signal) == sizeof signal ? (int)signal.ssi_signo : -1;
}

int clinux_boottime_timer(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC); }

int clinux_realtime_timer(void) { return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC); }

int clinux_timer_arm(int timer, int64_t seconds, int64_t nanoseconds, bool cancel_on_set) {
    struct itimerspec spec = {.it_value = {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    int flags = TFD_TIMER_ABSTIME | (cancel_on_set ? TFD_TIMER_CANCEL_ON_SET : 0);
    return timerfd_settime(timer, flags, &spec, NULL);
}

static const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

int clinux_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int clinux_seal(int memfd) { return fcntl(memfd, F_ADD_SEALS, seals); }

bool clinux_is_sealed(int descriptor) {
    int found = fcntl(descriptor, F_GET_SEALS);
    return found >= 0 && (found & seals) == seals;
}

int clinux_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

ssize_t clinux_receive(int socket, void *bytes, size_t size, int *descriptor) {
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec vector = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    *descriptor = -1;
    if (count < 0)
        return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(descriptor, CMSG_DATA(header), sizeof(int));
    return count;
}

int clinux_kept_for_peer(int socket) {
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

int clinux_open_path(const char *path) { return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC); }

int clinux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int clinux_eventfd_signal(int event) { return eventfd_write(event, 1); }

void clinux_wiping_free(void *block) {
    if (block == NULL)
        return;
    explicit_bzero(block, malloc_usable_size(block));
    free(block);
}

void *clinux_wiping_realloc(void *block, size_t size) {
    if (block == NULL)
        return malloc(size);
    void *moved = size == 0 ? NULL : malloc(size);
    if (size != 0 && moved == NULL)
        return NULL;
    size_t held = malloc_usable_size(block);
    if (moved != NULL)
        memcpy(moved, block, held < size ? held : size);
    clinux_wiping_free(block);
    return moved;
}
