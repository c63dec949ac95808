// The smallest client: connects, asks, reads a line and prints it.
//
// usage: ask SOCKET
#define _GNU_SOURCE
#include "client.h"
#include <stdio.h>

static const char request[] = "{\"op\":\"token\"}\n";

int main(int argc, char **argv) {
    if (argc != 2)
        errx(64, "usage: ask SOCKET");
    int connection = connected(argv[1]);
    send_all(connection, request, sizeof request - 1);
    static char reply[65536];
    size_t length = 0;
    do {
        ssize_t count = recv(connection, reply + length, sizeof reply - length, 0);
        if (count <= 0)
            errx(1, "the server closed the connection");
        length += count;
    } while (reply[length - 1] != '\n');
    fwrite(reply, 1, length, stdout);
    return 0;
}
