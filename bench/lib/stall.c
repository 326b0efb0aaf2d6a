/*
 * How long does a guest stand still? Runs inside it and keeps two largest gaps, in microseconds:
 *
 *   tick   between two wake-ups, 5 ms apart when all is well: the CPU had no time for us
 *   write  between two finished synchronous writes past the page cache, 5 ms apart: the disk was frozen or busy
 *
 * The gaps are kept per window. Whoever measures writes a letter into DIRECTORY/window (through the guest agent, which
 * starts no process for that); each new letter closes the window of the letter before it and appends a line to
 * DIRECTORY/report:
 *
 *   LETTER ticks=N tick_gap=US writes=N write_gap=US
 *
 * The clock is the guest's. It stands still while all CPUs of the guest are stopped; that is seen from outside.
 *
 * usage: stall DIRECTORY FILE     FILE: lies on the disk to watch; its first block is written, over and over
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define PAUSE_MICROS 5000

struct gaps {
    atomic_llong count;
    atomic_llong largest;
    atomic_llong last;           /* when the last tick or write ended */
};

struct shared {
    struct gaps tick;
    struct gaps write;
};

static long long micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void pause_briefly(void) {
    struct timespec pause = {0, PAUSE_MICROS * 1000};
    nanosleep(&pause, NULL);
}

static void count(struct gaps *gaps) {
    long long now = micros(), gap = now - gaps->last;
    if (gap > gaps->largest) gaps->largest = gap;
    gaps->last = now;
    gaps->count++;
}

/* A gap that has not ended yet counts as far as it has come. */
static long long largest(const struct gaps *gaps) {
    long long open = micros() - gaps->last;
    return open > gaps->largest ? open : gaps->largest;
}

static void restart(struct gaps *gaps) {
    gaps->count = 0;
    gaps->largest = 0;
}

static void write_for_ever(const char *file, struct gaps *gaps) {
    int fd = open(file, O_RDWR | O_CREAT | O_DIRECT | O_DSYNC, 0600);
    char *block = aligned_alloc(BLOCK, BLOCK);
    if (fd < 0 || block == NULL) err(1, "%s", file);
    for (uint64_t number = 0;; number++) {
        memcpy(block, &number, sizeof number);
        if (pwrite(fd, block, BLOCK, 0) != BLOCK) err(1, "%s", file);
        count(gaps);
        pause_briefly();
    }
}

static char letter_in(int window) {
    char letter = 0;
    return pread(window, &letter, 1, 0) == 1 ? letter : 0;
}

static void report(int fd, char letter, struct shared *seen) {
    dprintf(fd, "%c ticks=%lld tick_gap=%lld writes=%lld write_gap=%lld\n", letter, (long long) seen->tick.count,
            largest(&seen->tick), (long long) seen->write.count, largest(&seen->write));
}

int main(int count_of_arguments, char **arguments) {
    if (count_of_arguments != 3) errx(2, "usage: stall DIRECTORY FILE");
    if (chdir(arguments[1]) != 0) err(1, "%s", arguments[1]);
    int window = open("window", O_RDWR | O_CREAT, 0600);
    int lines = open("report", O_WRONLY | O_CREAT | O_APPEND, 0600);
    struct shared *seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (window < 0 || lines < 0 || seen == MAP_FAILED) err(1, "%s", arguments[1]);
    seen->tick.last = seen->write.last = micros();
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        write_for_ever(arguments[2], &seen->write);
    }
    for (char open_window = 0;;) {
        count(&seen->tick);
        char letter = letter_in(window);
        if (letter != 0 && letter != open_window) {
            if (open_window != 0) report(lines, open_window, seen);
            restart(&seen->tick);
            restart(&seen->write);
            open_window = letter;
        }
        pause_briefly();
    }
}
