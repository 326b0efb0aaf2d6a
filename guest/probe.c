/*
 * The consistency probe of the demo guest: it notices when memory and disks come from different instants.
 *
 * Counter (this process): a number in memory is raised, written to a file on the root disk, then to one on the data
 * disk, each by O_DIRECT|O_DSYNC. Before each step both are read back and compared with memory. After a revert with
 * memory all three must agree, because they did at the snapshot. After a revert of the disks alone, root and data
 * may differ by the one write that was on its way.
 *
 * Memory (a child): a block of memory is filled page by page, in order, with a generation number; before a page is
 * written it must hold the generation before. A memory image that mixes instants breaks the order.
 *
 * Both are told on the serial console and, as key=value lines, in /run/probe.state (for the guest agent). Failures
 * are counted and never forgotten.
 *
 * O_DSYNC and not O_SYNC: the data is as durable, but the file's time stamps do not force a journal commit each
 * time, which would make the probe the greatest writer of an otherwise idle guest.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define WORDS (PAGE / sizeof(uint64_t))
#define ROUND_MILLIS 100         /* pause between two counts: on a CPU that is translated they cost what they count */
#define REPORT_MILLIS 1000
#define CHUNK_PAGES 64           /* pages written between two pauses of the memory writer */
#define ROOT_FILE "/var/probe.counter"
#define DATA_DIRECTORY "/data"
#define DATA_FILE "/data/probe.counter"
#define STATE_FILE "/run/probe.state"
#define CONFIG_FILE "/etc/probe.conf"
#define CONSOLE "/dev/ttyS0"

struct memory_report {           /* shared between the two processes */
    volatile uint64_t generation;
    volatile uint64_t failures;
};

struct settings {
    unsigned long memory_mib;
    unsigned long rate_mib;
};

struct counter_file {
    int fd;                      /* -1: there is no such disk */
    uint64_t value;              /* as last read */
};

static struct memory_report *memory;
static uint64_t *block;          /* one page, aligned for O_DIRECT */
static uint64_t failures;
static char last_failure[200] = "none";

/* Never blocks: a console that nobody reads must not stop the probe. */
static void say(const char *format, ...) {
    static int console = -1;
    char line[400];
    va_list arguments;
    if (console < 0) console = open(CONSOLE, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length > (int) sizeof line - 2) length = sizeof line - 2;
    line[length++] = '\n';
    if (console >= 0 && write(console, line, length) < 0) { /* dropped */ }
}

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_failure, sizeof last_failure, format, arguments);
    va_end(arguments);
    failures++;
}

static void pause_millis(long millis) {
    struct timespec time = {millis / 1000, millis % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static long long now_millis(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* ---- settings ------------------------------------------------------------------------------------------------ */

static void scan(const char *file, const char *separators, const char *memory_key, const char *rate_key,
                 struct settings *settings) {
    char text[8192];
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length < 0) return;
    text[length] = 0;
    for (char *word = strtok(text, separators); word; word = strtok(NULL, separators)) {
        if (!strncmp(word, memory_key, strlen(memory_key)))
            settings->memory_mib = strtoul(word + strlen(memory_key), NULL, 10);
        if (!strncmp(word, rate_key, strlen(rate_key)))
            settings->rate_mib = strtoul(word + strlen(rate_key), NULL, 10);
    }
}

/* The kernel's command line goes before the file. */
static struct settings read_settings(void) {
    struct settings settings = {16, 4};
    scan(CONFIG_FILE, "\n", "memory_mib=", "rate_mib=", &settings);
    scan("/proc/cmdline", " \n", "probe.memory_mib=", "probe.rate_mib=", &settings);
    if (settings.rate_mib == 0) settings.rate_mib = 1;
    return settings;
}

/* ---- memory -------------------------------------------------------------------------------------------------- */

static void write_memory_forever(struct settings settings) {
    size_t pages = settings.memory_mib * 1024 * 1024 / PAGE;
    uint64_t *area = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (area == MAP_FAILED) {
        say("memory: FAIL cannot have %lu MiB: %s", settings.memory_mib, strerror(errno));
        memory->failures++;
        _exit(1);
    }
    long chunk_millis = 1000L * CHUNK_PAGES * PAGE / (settings.rate_mib * 1024 * 1024);
    for (uint64_t generation = 1;; generation++) {
        for (size_t page = 0; page < pages; page++) {
            uint64_t *words = area + page * WORDS;
            if (words[0] != generation - 1 || words[WORDS - 1] != generation - 1) {
                memory->failures++;
                say("memory: FAIL page=%zu of=%zu expected=%llu found=%llu,%llu failures=%llu", page, pages,
                    (unsigned long long) generation - 1, (unsigned long long) words[0],
                    (unsigned long long) words[WORDS - 1], (unsigned long long) memory->failures);
            }
            for (size_t word = 0; word < WORDS; word++) words[word] = generation;
            if (page % CHUNK_PAGES == CHUNK_PAGES - 1) pause_millis(chunk_millis);
        }
        memory->generation = generation;
        if (memory->failures == 0)
            say("memory: generation=%llu ok", (unsigned long long) generation);
        else
            say("memory: FAIL generation=%llu failures=%llu", (unsigned long long) generation,
                (unsigned long long) memory->failures);
    }
}

static pid_t start_memory(struct settings settings) {
    if (settings.memory_mib == 0) return -1;
    pid_t child = fork();
    if (child == 0) write_memory_forever(settings);
    return child;
}

/* ---- counter ------------------------------------------------------------------------------------------------- */

/* The block is full of the number, so that a torn write is seen. */
static int read_counter(struct counter_file *file, const char *name) {
    if (pread(file->fd, block, PAGE, 0) != PAGE) {
        fail("cannot-read-%s:%s", name, strerror(errno));
        return 0;
    }
    for (size_t word = 1; word < WORDS; word++) {
        if (block[word] != block[0]) {
            fail("torn-%s", name);
            return 0;
        }
    }
    file->value = block[0];
    return 1;
}

static void write_counter(struct counter_file *file, const char *name, uint64_t value) {
    for (size_t word = 0; word < WORDS; word++) block[word] = value;
    if (pwrite(file->fd, block, PAGE, 0) != PAGE) fail("cannot-write-%s:%s", name, strerror(errno));
    else file->value = value;
}

/* Opens, and makes on first use so that nothing of it is ever seen half made. */
static struct counter_file open_counter(const char *path, const char *name) {
    struct counter_file file = {-1, 0};
    char draft[64];
    if (access(path, F_OK) != 0) {
        snprintf(draft, sizeof draft, "%s.new", path);
        file.fd = open(draft, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_DSYNC | O_CLOEXEC, 0644);
        if (file.fd >= 0) {
            write_counter(&file, name, 0);
            fsync(file.fd);
            close(file.fd);
            if (rename(draft, path) != 0) fail("cannot-make-%s:%s", name, strerror(errno));
            sync();
        }
    }
    file.fd = open(path, O_RDWR | O_DIRECT | O_DSYNC | O_CLOEXEC);
    if (file.fd < 0) fail("cannot-open-%s:%s", name, strerror(errno));
    else read_counter(&file, name);
    return file;
}

static int is_mount_point(const char *directory) {
    struct stat here, parent;
    return stat(directory, &here) == 0 && stat("/", &parent) == 0 && here.st_dev != parent.st_dev;
}

static void check(struct counter_file *file, const char *name, uint64_t counter) {
    if (file->fd >= 0 && read_counter(file, name) && file->value != counter)
        fail("%s=%llu-instead-of-%llu", name, (unsigned long long) file->value, (unsigned long long) counter);
}

static const char *number_or_none(const struct counter_file *file, char *text) {
    if (file->fd < 0) return "none";
    sprintf(text, "%llu", (unsigned long long) file->value);
    return text;
}

static void write_state(uint64_t counter, const struct counter_file *root, const struct counter_file *data,
                        const char *boot) {
    char root_text[24], data_text[24], boot_id[64] = "unknown";
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (file) {
        if (fscanf(file, "%63s", boot_id) != 1) strcpy(boot_id, "unknown");
        fclose(file);
    }
    file = fopen(STATE_FILE ".new", "w");
    if (!file) return;
    fprintf(file,
            "counter=%llu\nroot=%s\ndata=%s\nfailures=%llu\nlast_failure=%s\n"
            "memory_generation=%llu\nmemory_failures=%llu\n%sboot_id=%s\n",
            (unsigned long long) counter, number_or_none(root, root_text), number_or_none(data, data_text),
            (unsigned long long) failures, last_failure, (unsigned long long) memory->generation,
            (unsigned long long) memory->failures, boot, boot_id);
    fclose(file);
    rename(STATE_FILE ".new", STATE_FILE);
}

static void report(uint64_t counter, const struct counter_file *root, const struct counter_file *data) {
    char root_text[24], data_text[24];
    const char *root_value = number_or_none(root, root_text), *data_value = number_or_none(data, data_text);
    if (failures == 0)
        say("probe: counter=%llu root=%s data=%s ok", (unsigned long long) counter, root_value, data_value);
    else
        say("probe: FAIL counter=%llu root=%s data=%s failures=%llu last=%s", (unsigned long long) counter,
            root_value, data_value, (unsigned long long) failures, last_failure);
}

int main(void) {
    signal(SIGHUP, SIG_IGN);
    memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || posix_memalign((void **) &block, PAGE, PAGE) != 0) {
        say("probe: FAIL no memory");
        return 1;
    }

    struct counter_file root = open_counter(ROOT_FILE, "root"), data = {-1, 0};
    if (is_mount_point(DATA_DIRECTORY)) data = open_counter(DATA_FILE, "data");
    char root_text[24], data_text[24], boot[80];
    const char *root_value = number_or_none(&root, root_text), *data_value = number_or_none(&data, data_text);
    snprintf(boot, sizeof boot, "boot_root=%s\nboot_data=%s\n", root_value, data_value);
    say("probe: boot root=%s data=%s", root_value, data_value);

    uint64_t counter = data.fd >= 0 && data.value > root.value ? data.value : root.value;
    if (root.fd >= 0) write_counter(&root, "root", counter);
    if (data.fd >= 0) write_counter(&data, "data", counter);
    pid_t child = start_memory(read_settings());

    for (long long next_report = 0;; pause_millis(ROUND_MILLIS)) {
        check(&root, "root", counter);
        check(&data, "data", counter);
        counter++;
        if (root.fd >= 0) write_counter(&root, "root", counter);
        if (data.fd >= 0) write_counter(&data, "data", counter);

        if (child > 0 && waitpid(child, NULL, WNOHANG) == child) {
            child = -1;
            fail("memory-process-ended");
        }
        if (now_millis() >= next_report) {
            next_report = now_millis() + REPORT_MILLIS;
            write_state(counter, &root, &data, boot);
            report(counter, &root, &data);
        }
    }
}
