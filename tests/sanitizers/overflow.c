/* Counts further than an int can. */
#include <limits.h>

int main(int argc, char **argv) {
    int count = INT_MAX;
    (void)argv;
    count += argc;
    return count == 0;
}
