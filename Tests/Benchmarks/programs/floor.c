// The floor: one thread that answers each line on a Unix-domain socket with the same line and does not look at what it is
// asked. Whatever a server does for a request comes on top of this.
//
// usage: floor SOCKET LENGTH        LENGTH: of the answer, its line ending included
#define _GNU_SOURCE
#include "client.h"
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CHUNK = 4096, EVENTS = 64, LONGEST = 65536, AT_ONCE = 64 };

// The answer, so many times that a pipelined read is answered by one system call.
static char answers[AT_ONCE * LONGEST];
static size_t length;

static int lines(const char *bytes, ssize_t count) {
    int found = 0;
    for (ssize_t i = 0; i < count; i++)
        found += bytes[i] == '\n';
    return found;
}

static void serve(int connection) {
    char requests[CHUNK];
    ssize_t count = recv(connection, requests, sizeof requests, 0);
    if (count <= 0) {
        close(connection);
        return;
    }
    for (int left = lines(requests, count); left > 0; left -= AT_ONCE)
        send_all(connection, answers, (left < AT_ONCE ? left : AT_ONCE) * length);
}

static int listening(const char *path) {
    struct sockaddr_un address = address_of(path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, SOMAXCONN) != 0)
        err(1, "%s", path);
    return listener;
}

static void watch(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        err(1, "epoll_ctl");
}

int main(int argc, char **argv) {
    length = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (length < 2 || length > LONGEST)
        errx(64, "usage: floor SOCKET LENGTH");
    memset(answers, 'x', AT_ONCE * length);
    for (int i = 1; i <= AT_ONCE; i++)
        answers[i * length - 1] = '\n';

    int listener = listening(argv[1]);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                serve(events[i].data.fd);
                continue;
            }
            int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            if (connection >= 0)
                watch(epoll, connection);
        }
    }
}
