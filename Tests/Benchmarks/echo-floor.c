// The floor: one thread that answers every read on a Unix-domain socket with the same line. Whatever a server does for a
// request comes on top of this.
//
// usage: echo-floor SOCKET LENGTH        LENGTH: of the line, its ending included
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 4096, EVENTS = 64, LONGEST = 65536 };

static void serve(int connection, const char *line, size_t length) {
    char request[CHUNK];
    ssize_t count = recv(connection, request, sizeof request, 0);
    if (count > 0)
        count = send(connection, line, length, MSG_NOSIGNAL);
    if (count <= 0 && errno != EAGAIN)
        close(connection);
}

static int listening(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        errx(64, "%s: too long", path);
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0)
        err(1, "%s", path);
    return listener;
}

static void watch(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        err(1, "epoll_ctl");
}

int main(int argc, char **argv) {
    long length = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (length < 2 || length > LONGEST)
        errx(64, "usage: echo-floor SOCKET LENGTH");
    static char line[LONGEST];
    memset(line, 'x', length);
    line[length - 1] = '\n';

    int listener = listening(argv[1]);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener);
    puts("listening");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                serve(events[i].data.fd, line, length);
                continue;
            }
            int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (connection >= 0)
                watch(epoll, connection);
        }
    }
}
