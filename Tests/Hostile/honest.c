// An honest client: one connection, one request at a time, a pause after each reply.
// Prints how long the replies took, in microseconds: COUNT P50 P99 MAX.
//
// usage: honest SOCKET MILLISECONDS PAUSE        PAUSE: microseconds
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65536, MOST = 4000000 };

static const char request[] = "{\"op\":\"token\"}\n";
static const char token[] = "{\"access_token\"";

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

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

/// Asks once and reads the whole line.
static void ask(int connection) {
    static char chunk[CHUNK];
    size_t length = 0;
    if (send(connection, request, sizeof request - 1, MSG_NOSIGNAL) != sizeof request - 1)
        err(1, "send");
    do {
        ssize_t count = recv(connection, chunk + length, sizeof chunk - length, 0);
        if (count <= 0)
            errx(1, "bearerd closed the connection");
        length += count;
    } while (chunk[length - 1] != '\n');
    if (length < sizeof token || memcmp(chunk, token, sizeof token - 1) != 0)
        errx(1, "no token: %.*s", (int)length, chunk);
}

static int ascending(const void *left, const void *right) {
    float one = *(const float *)left, other = *(const float *)right;
    return (one > other) - (one < other);
}

int main(int argc, char **argv) {
    if (argc != 4)
        errx(64, "usage: honest SOCKET MILLISECONDS PAUSE");
    double duration = strtol(argv[2], NULL, 10) * 1e3;
    struct timespec pause = {.tv_nsec = strtol(argv[3], NULL, 10) * 1000};
    static float waits[MOST];
    long count = 0;
    int connection = connected(argv[1]);
    prctl(PR_SET_TIMERSLACK, 1);
    alarm(120);
    for (double end = now() + duration; now() < end && count < MOST; count++) {
        double start = now();
        ask(connection);
        waits[count] = now() - start;
        if (pause.tv_nsec > 0)
            nanosleep(&pause, NULL);
    }
    if (count == 0)
        errx(1, "no time to ask");
    qsort(waits, count, sizeof *waits, ascending);
    printf("%ld %.1f %.1f %.1f\n", count, waits[count / 2], waits[count - 1 - count / 100], waits[count - 1]);
    return 0;
}
