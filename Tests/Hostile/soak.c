// Connections by the thousand, each of which asks ten times and leaves. Prints how many seconds it took.
//
// usage: soak SOCKET CONNECTIONS
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS = 10, AT_ONCE = 32, CHUNK = 1 << 18 };

static const char request[] = "{\"op\":\"token\"}\n";
static const char token[] = "{\"access_token\"";

static int connected(const struct sockaddr_un *address) {
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (const struct sockaddr *)address, sizeof *address) != 0)
        err(1, "connect");
    return connection;
}

static void ask(int connection) {
    char requests[REQUESTS * (sizeof request - 1)];
    for (int i = 0; i < REQUESTS; i++)
        memcpy(requests + i * (sizeof request - 1), request, sizeof request - 1);
    if (send(connection, requests, sizeof requests, MSG_NOSIGNAL) != sizeof requests)
        err(1, "send");
}

/// Reads the replies; each must be a token.
static void take(int connection) {
    static char chunk[CHUNK];
    size_t length = 0;
    for (int lines = 0; lines < REQUESTS;) {
        ssize_t count = recv(connection, chunk + length, sizeof chunk - length, 0);
        if (count <= 0)
            errx(1, "bearerd closed the connection");
        for (ssize_t i = 0; i < count; i++)
            lines += chunk[length + i] == '\n';
        length += count;
    }
    const char *line = chunk, *end;
    for (; line < chunk + length; line = end + 1) {
        end = memchr(line, '\n', chunk + length - line);
        if (end - line < (ssize_t)sizeof token || memcmp(line, token, sizeof token - 1) != 0)
            errx(1, "no token: %.*s", (int)(end - line), line);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (count < 1 || strlen(argv[1]) >= sizeof address.sun_path)
        errx(64, "usage: soak SOCKET CONNECTIONS");
    strcpy(address.sun_path, argv[1]);
    double start = now();
    for (long done = 0; done < count;) {
        int connections[AT_ONCE], open = 0;
        for (; open < AT_ONCE && done < count; open++, done++)
            ask(connections[open] = connected(&address));
        for (int i = 0; i < open; i++)
            take(connections[i]), close(connections[i]);
    }
    printf("%.1f\n", now() - start);
    return 0;
}
