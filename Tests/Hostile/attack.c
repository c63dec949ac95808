// A hostile client: many connections that do one bad thing, at a given rate.
//
// usage: attack SOCKET ATTACK CONNECTIONS RATE
//
// RATE is in actions a second over all connections, one after the other; what an action is, the table says. Connections that
// bearerd closes are opened again at their next action. Says “ready” once all are open and have acted, goes on until its standard
// input ends, and prints what it did.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1 << 20, LONG = 16000, TICKS = 5000 };

/// What becomes of a connection at the action after the one that has sent everything.
enum ending { STAYS, CLOSES, RESETS, HALF_CLOSES };

struct attack {
    const char *name;
    /// Sent again and again; LONG x's stand for a %, 150 levels of nesting for a #, noise for a !.
    const char *text;
    /// How often the text is in what is sent.
    int times;
    /// Of it, bytes an action; 0: all.
    size_t piece;
    bool repeats, reads;
    enum ending ending;
};

static const struct attack attacks[] = {
    {"silent", "", 1, 0, false, false, STAYS},
    {"half-a-line", "%", 1, 0, false, false, STAYS},
    {"line-and-a-half", "%\n{", 1, 0, false, false, STAYS},
    {"trickle", "{\"op\":\"token\"}\n", 1, 1, true, true, STAYS},
    {"megabyte", "%", 66, LONG, false, false, CLOSES},
    {"garbage", "!", 1, 0, true, true, STAYS},
    {"pipeline", "{\"op\":\"token\"}\n", 10000, 0, false, false, STAYS},
    {"deaf", "{\"op\":\"token\"}\n", 1, 0, true, false, STAYS},
    {"deaf-with-id", "{\"op\":\"token\",\"id\":\"%\"}\n", 1, 0, true, false, STAYS},
    {"storm", "", 1, 0, false, false, CLOSES},
    {"ask-and-close", "{\"op\":\"token\"}\n", 1, 0, false, false, CLOSES},
    {"half-close", "{\"op\":\"token\"}", 1, 0, false, true, HALF_CLOSES},
    {"vanish", "{\"op\":\"token\"}\n", 20, 0, false, false, RESETS},
    {"watch", "{\"op\":\"watch\"}\n", 1, 0, false, false, STAYS},
    {"watch-with-id", "{\"op\":\"watch\",\"id\":\"%\"}\n", 1, 0, false, false, STAYS},
    {"status", "{\"op\":\"status\"}\n", 1, 0, true, true, STAYS},
    {"deaf-status", "{\"op\":\"status\"}\n", 1, 0, true, false, STAYS},
    {"nested", "{\"op\":\"token\",\"a\":#,\"b\":#,\"c\":#,\"id\":#}\n", 1, 0, true, true, STAYS},
    {"renew-nonsense", "{\"op\":\"renew\",\"rejected\":\"%\"}\n", 1, 0, true, true, STAYS},
};

struct connection {
    int socket;
    size_t sent;
};

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static const struct attack *attack;
static char *payload;
static size_t length;
static long opened, refused, lost, bytes;

static void append(const char *text, size_t count) {
    if (length + count > MOST * 2)
        errx(70, "%s: too much", attack->name);
    memcpy(payload + length, text, count);
    length += count;
}

static void append_character(char character) {
    static char filler[LONG];
    switch (character) {
    case '%':
        memset(filler, 'x', sizeof filler);
        return append(filler, sizeof filler - 64);
    case '#':
        memset(filler, '[', 150);
        memset(filler + 150, ']', 150);
        return append(filler, 300);
    case '!':
        for (size_t i = 0; i < 3000; i++)
            filler[i] = random();
        return append(filler, 3000);
    default: return append(&character, 1);
    }
}

static void prepare(void) {
    payload = malloc(MOST * 2);
    if (!payload)
        err(71, "malloc");
    for (int i = 0; i < attack->times; i++)
        for (const char *text = attack->text; *text; text++)
            append_character(*text);
}

static void open_connection(struct connection *connection) {
    connection->sent = 0;
    connection->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection->socket < 0)
        err(71, "socket");
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) == 0) {
        opened++;
        return;
    }
    if (errno != EAGAIN)
        err(1, "connect");
    // The backlog is full; at the next action.
    refused++;
    close(connection->socket);
    connection->socket = -1;
}

static void close_connection(struct connection *connection, bool resets) {
    struct linger now = {.l_onoff = 1};
    if (resets)
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(connection->socket);
    connection->socket = -1;
}

/// Reads what there is.
static void drain(struct connection *connection) {
    static char chunk[1 << 16];
    while (recv(connection->socket, chunk, sizeof chunk, MSG_DONTWAIT) > 0)
        continue;
}

static bool is_closed(struct connection *connection) {
    struct pollfd look = {.fd = connection->socket, .events = POLLRDHUP};
    return poll(&look, 1, 0) > 0 && look.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

static void send_piece(struct connection *connection) {
    size_t rest = length - connection->sent;
    size_t count = attack->piece && attack->piece < rest ? attack->piece : rest;
    ssize_t sent = send(connection->socket, payload + connection->sent, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0)
        return;
    bytes += sent;
    connection->sent += sent;
    if (connection->sent == length && attack->ending == HALF_CLOSES)
        shutdown(connection->socket, SHUT_WR);
    if (connection->sent == length && attack->repeats)
        connection->sent = 0;
}

static void act(struct connection *connection) {
    if (connection->socket < 0)
        return open_connection(connection);
    if (attack->reads)
        drain(connection);
    if (is_closed(connection)) {
        lost++;
        close_connection(connection, false);
        open_connection(connection);
    } else if (connection->sent == length && attack->ending != STAYS) {
        close_connection(connection, attack->ending == RESETS);
        open_connection(connection);
    }
    if (connection->socket >= 0 && connection->sent < length)
        send_piece(connection);
}

static bool is_asked_to_end(void) {
    char byte;
    struct pollfd look = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&look, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv) {
    long count = argc == 5 ? strtol(argv[3], NULL, 10) : 0;
    double rate = argc == 5 ? strtod(argv[4], NULL) : 0;
    if (count < 1 || rate < 1 || strlen(argv[1]) >= sizeof address.sun_path)
        errx(64, "usage: attack SOCKET ATTACK CONNECTIONS RATE");
    strcpy(address.sun_path, argv[1]);
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        if (strcmp(attacks[i].name, argv[2]) == 0)
            attack = &attacks[i];
    if (!attack)
        errx(64, "no attack called %s", argv[2]);
    raise_limit();
    prctl(PR_SET_TIMERSLACK, 1);
    prepare();

    struct connection *connections = calloc(count, sizeof *connections);
    for (long i = 0; i < count; i++)
        connections[i].socket = -1;
    double start = now(), last = start, due = 0;
    long actions = 0;
    while (!is_asked_to_end()) {
        double time = now();
        // The connections come at a pace of their own, and each acts once.
        due += (time - last) * (actions < 2 * count ? 4000 : rate);
        last = time;
        for (; due >= 1; due -= 1, actions++) {
            act(&connections[actions % count]);
            if (actions == 2 * count)
                puts("ready"), fflush(stdout);
        }
        struct timespec tick = {.tv_nsec = 1000000000 / TICKS};
        nanosleep(&tick, NULL);
    }
    printf("%ld connections, %ld lost, %ld waited for the backlog, %.1f MB sent, %.0f actions a second\n", opened, lost, refused,
           bytes / 1e6, actions / (now() - start));
    return 0;
}
