/*
 * Reads or writes blocks of a file at random places, past the page cache of the guest that it runs in.
 *
 *   random-io read SECONDS FILE    prints how many microseconds a read took on average
 *   random-io write COUNT FILE     overwrites as many blocks with random bytes
 *
 * The places that are read come from a fixed seed: each side of a comparison reads the same ones.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count != 4) errx(2, "usage: random-io read SECONDS FILE | random-io write COUNT FILE");
    int writes = strcmp(arguments[1], "write") == 0;
    long amount = atol(arguments[2]), done = 0;
    int file = open(arguments[3], O_RDWR | O_DIRECT);
    if (file < 0) err(1, "%s", arguments[3]);
    long blocks = lseek(file, 0, SEEK_END) / BLOCK;
    void *block;
    if (blocks < 1 || posix_memalign(&block, BLOCK, BLOCK)) errx(1, "%s is too small", arguments[3]);
    if (writes && getrandom(block, BLOCK, 0) != BLOCK) err(1, "random bytes");
    srand48(writes ? time(NULL) : 1);
    double begin = seconds(), end = begin + amount;
    while (writes ? done < amount : seconds() < end) {
        off_t place = (off_t) (drand48() * blocks) * BLOCK;
        ssize_t moved = writes ? pwrite(file, block, BLOCK, place) : pread(file, block, BLOCK, place);
        if (moved != BLOCK) err(1, "%s at %lld", arguments[3], (long long) place);
        done++;
    }
    if (!writes) printf("%.0f\n", (seconds() - begin) * 1e6 / done);
    return 0;
}
