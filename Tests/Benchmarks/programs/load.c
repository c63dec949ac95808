// A closed loop over a Unix-domain socket, in one thread: each connection sends its requests, waits for all the replies, and
// sends again.
//
// usage: load [OPTION…] PROTOCOL SOCKET
//
// PROTOCOL is line (bearerd, the floor), redis or agent (ssh-agent).
//   -c COUNT   connections, 1 without it
//   -p COUNT   requests that a connection sends at once, 1 without it
//   -i COUNT   instead of all else: so many connections, idle after one request; says "ready", ends with its standard input
//   -r         a connection for each request, one after the other
//   -s TIME    for this many milliseconds, 1,000 without it
//   -n COUNT   instead: this many requests
//
// Prints replies a second, then what a connection waited for its replies, in microseconds: RATE P50 P99.
#define _GNU_SOURCE
#include "client.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CHUNK = 1 << 18, MOST_CONNECTIONS = 256, MOST_PIPELINED = 256, MOST_WAITS = 1 << 23, LIMIT_SECONDS = 120 };

struct protocol {
    const char *name, *request;
    size_t length;
    /// What a reply with the right answer begins with.
    const char *answer;
    size_t answer_at;
};

static const struct protocol protocols[] = {
    {"line", "{\"op\":\"token\"}\n", 15, "", 0},
    {"redis", "*2\r\n$3\r\nGET\r\n$5\r\ntoken\r\n", 24, "$", 0},
    // SSH_AGENTC_REQUEST_IDENTITIES, SSH_AGENT_IDENTITIES_ANSWER
    {"agent", "\0\0\0\1\13", 5, "\14", 4},
};

struct connection {
    int descriptor;
    int awaited;
    /// Bytes of a reply that is not complete.
    size_t partial;
    double asked;
};

static const struct protocol *protocol;
static const char *path;
static char requests[MOST_PIPELINED * 32];
static int pipelined = 1;
/// Of a reply that is not a line; all have the same.
static size_t reply_length;
static struct connection connections[MOST_CONNECTIONS];
static float waits[MOST_WAITS];
static long wait_count, sent, done, limit;
static double end;

static void ask(struct connection *connection) {
    connection->awaited = pipelined;
    connection->asked = now();
    send_all(connection->descriptor, requests, pipelined * protocol->length);
    sent += pipelined;
}

static void check_answer(const char *bytes, size_t count) {
    static const char refusal[] = "{\"error\"";
    size_t length = strlen(protocol->answer);
    if (count >= protocol->answer_at + length && memcmp(bytes + protocol->answer_at, protocol->answer, length) != 0)
        errx(1, "no answer of the protocol %s", protocol->name);
    if (count >= sizeof refusal && memcmp(bytes, refusal, sizeof refusal - 1) == 0)
        errx(1, "the server refused: %.*s", (int)count, bytes);
}

/// How many replies are complete with these bytes.
static int completed(struct connection *connection, const char *bytes, size_t count) {
    if (reply_length > 0) {
        size_t total = connection->partial + count;
        connection->partial = total % reply_length;
        return total / reply_length;
    }
    int found = 0;
    const char *line = bytes, *after = bytes + count, *ending;
    while ((ending = memchr(line, '\n', after - line)) != NULL) {
        found++;
        line = ending + 1;
    }
    connection->partial = line < after ? 1 : 0;
    return found;
}

/// Reads once. Whether all replies have come.
static bool answered(struct connection *connection) {
    static char chunk[CHUNK];
    ssize_t count = recv(connection->descriptor, chunk, sizeof chunk, 0);
    if (count <= 0)
        errx(1, "the server closed a connection");
    if (connection->partial == 0)
        check_answer(chunk, count);
    connection->awaited -= completed(connection, chunk, count);
    if (connection->awaited > 0)
        return false;
    if (connection->awaited < 0 || connection->partial != 0)
        errx(1, "the server said more than it was asked");
    done += pipelined;
    if (wait_count < MOST_WAITS)
        waits[wait_count++] = now() - connection->asked;
    return true;
}

/// The length of a reply that is not a line, from its beginning.
static size_t length_said(const char *bytes, size_t count) {
    if (protocol->name[0] == 'a')
        return count < 4 ? 0 : 4 + ((uint32_t)(uint8_t)bytes[2] << 8 | (uint8_t)bytes[3]);
    const char *ending = memchr(bytes, '\n', count);
    return ending == NULL ? 0 : ending + 1 - bytes + strtoul(bytes + 1, NULL, 10) + 2;
}

static void learn_reply_length(void) {
    if (protocol->name[0] == 'l')
        return;
    char bytes[64];
    int connection = connected(path);
    send_all(connection, protocol->request, protocol->length);
    ssize_t count = recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0 || (reply_length = length_said(bytes, count)) == 0)
        errx(1, "no reply");
    close(connection);
}

static bool goes_on(void) { return limit > 0 ? sent < limit : now() < end; }

static void one_after_the_other(void) {
    struct connection *connection = &connections[0];
    do {
        *connection = (struct connection){.descriptor = -1, .awaited = 1};
        double begin = now();
        connection->descriptor = connected(path);
        ask(connection);
        connection->asked = begin;
        while (!answered(connection))
            ;
        close(connection->descriptor);
    } while (goes_on());
}

static noreturn void hold(int count) {
    for (int i = 0; i < count; i++) {
        struct connection connection = {.descriptor = connected(path)};
        ask(&connection);
        while (!answered(&connection))
            ;
    }
    puts("ready");
    fflush(stdout);
    alarm(0);
    while (getchar() != EOF)
        ;
    exit(0);
}

static void all_at_once(int count) {
    int epoll = epoll_create1(EPOLL_CLOEXEC), open = count;
    for (int i = 0; i < count; i++) {
        connections[i].descriptor = connected(path);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].descriptor, &event) != 0)
            err(1, "epoll_ctl");
    }
    for (int i = 0; i < count; i++)
        ask(&connections[i]);
    while (open > 0) {
        struct epoll_event events[MOST_CONNECTIONS] = {{.data.ptr = &connections[0]}};
        // A single connection needs no epoll: it waits in recv(2), as a client does.
        int ready = count == 1 ? 1 : epoll_wait(epoll, events, MOST_CONNECTIONS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!answered(connection))
                continue;
            if (goes_on())
                ask(connection);
            else
                open--;
        }
    }
}

static int ascending(const void *left, const void *right) {
    float one = *(const float *)left, other = *(const float *)right;
    return (one > other) - (one < other);
}

static const struct protocol *protocol_named(const char *name) {
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (strcmp(protocols[i].name, name) == 0)
            return &protocols[i];
    errx(64, "no protocol %s", name);
}

int main(int argc, char **argv) {
    int count = 1, idle = 0, option;
    bool reconnects = false;
    double milliseconds = 1000;
    while ((option = getopt(argc, argv, "c:p:i:rs:n:")) != -1) {
        switch (option) {
            case 'c': count = atoi(optarg); break;
            case 'p': pipelined = atoi(optarg); break;
            case 'i': idle = atoi(optarg); break;
            case 'r': reconnects = true; break;
            case 's': milliseconds = atof(optarg); break;
            case 'n': limit = atol(optarg); break;
            default: return 64;
        }
    }
    if (argc != optind + 2 || count < 1 || count > MOST_CONNECTIONS || pipelined < 1 || pipelined > MOST_PIPELINED)
        errx(64, "usage: load [OPTION…] PROTOCOL SOCKET");
    protocol = protocol_named(argv[optind]);
    path = argv[optind + 1];
    alarm(LIMIT_SECONDS);

    for (int i = 0; i < pipelined; i++)
        memcpy(requests + i * protocol->length, protocol->request, protocol->length);
    learn_reply_length();
    if (idle > 0)
        hold(idle);
    double begin = now();
    end = begin + milliseconds * 1e3;
    if (reconnects)
        one_after_the_other();
    else
        all_at_once(count);
    double seconds = (now() - begin) / 1e6;
    qsort(waits, wait_count, sizeof *waits, ascending);
    printf("%.0f %.2f %.2f\n", done / seconds, waits[wait_count / 2], waits[wait_count - 1 - wait_count / 100]);
    return 0;
}
