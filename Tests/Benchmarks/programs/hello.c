// The smallest program: what a start costs before a program does anything.
#include <stdio.h>

int main(void) {
    puts("hello");
    return 0;
}
