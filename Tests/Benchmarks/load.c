// A closed loop over a Unix-domain socket: CONNECTIONS connections in one thread, each with one request in flight.
// Prints requests a second.
//
// usage: load SOCKET REQUESTS
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16, CHUNK = 65536, SECONDS = 120 };

static const char request[] = "{\"op\":\"token\"}\n";
static const char refusal[] = "{\"error\"";

static int connected(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        errx(64, "%s: too long", path);
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        err(1, "%s", path);
    return connection;
}

static void ask(int connection) {
    if (send(connection, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1)
        err(1, "send");
}

/// Whether a line is complete with what has come. A reply may come in pieces.
static bool answered(int connection) {
    static char chunk[CHUNK];
    ssize_t count = recv(connection, chunk, sizeof chunk, 0);
    if (count <= 0)
        errx(1, "the server closed a connection");
    if (count >= (ssize_t)sizeof refusal && memcmp(chunk, refusal, sizeof refusal - 1) == 0)
        errx(1, "the server refused: %.*s", (int)count, chunk);
    return chunk[count - 1] == '\n';
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    long requests = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (requests < CONNECTIONS)
        errx(64, "usage: load SOCKET REQUESTS");
    alarm(SECONDS);

    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int connections[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        connections[i] = connected(argv[1]);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = connections[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i], &event) != 0)
            err(1, "epoll_ctl");
    }
    double start = now();
    long sent = 0, done = 0;
    for (; sent < CONNECTIONS; sent++)
        ask(connections[sent]);
    while (done < requests) {
        struct epoll_event events[CONNECTIONS];
        int count = epoll_wait(epoll, events, CONNECTIONS, -1);
        for (int i = 0; i < count; i++) {
            if (!answered(events[i].data.fd))
                continue;
            done++;
            if (sent < requests) {
                ask(events[i].data.fd);
                sent++;
            }
        }
    }
    printf("%.0f\n", requests / (now() - start));
    return 0;
}
