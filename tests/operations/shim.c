/* Stands between a process and the kernel (LD_PRELOAD) where files are written: makes what writes to
   files whose path contains SHIM_FILES (ends with it, if it ends with $) fail or wait, and logs in which order files are written and
   synced and answers sent.

   SHIM_REFUSE: while this file exists, writing fails with the error that it names, after so many
   writes that went well: "ENOSPC 3". SHIM_DELAY: how many microseconds a sync takes at least.
   SHIM_LOG: lines of what was done, "wal", "commit", "sync" (begun), "synced" (ended), "answer" (of HTTP,
   about to be sent), each followed by the marks ("mark" and eight digits) in what was written; of PostgreSQL
   "committed" and the number of a transaction, for each whose commit was in what was written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int done_since_refused;

static int is_ours(const char *path) {
    const char *files = getenv("SHIM_FILES");
    if (!files) return 0;
    size_t length = strlen(files), whole = strlen(path);
    if (length == 0 || files[length - 1] != '$') return strstr(path, files) != NULL;
    return whole >= length - 1 && strncmp(path + whole - (length - 1), files, length - 1) == 0;
}

static int path_of(int fd, char path[4096]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

/* The error that a write has to fail with now, or 0. */
static int refused(void) {
    const char *file = getenv("SHIM_REFUSE");
    int control = file ? syscall(SYS_openat, AT_FDCWD, file, O_RDONLY) : -1;
    if (control < 0) {
        __atomic_store_n(&done_since_refused, 0, __ATOMIC_SEQ_CST);
        return 0;
    }
    char text[64] = {0}, name[32] = {0};
    int after = 0;
    syscall(SYS_read, control, text, sizeof text - 1);
    syscall(SYS_close, control);
    sscanf(text, "%31s %d", name, &after);
    if (__atomic_fetch_add(&done_since_refused, 1, __ATOMIC_SEQ_CST) < after) return 0;
    return strcmp(name, "EROFS") == 0 ? EROFS : strcmp(name, "EIO") == 0 ? EIO : ENOSPC;
}

static int refuses(int fd) {
    char path[4096];
    int error = path_of(fd, path) && is_ours(path) ? refused() : 0;
    if (error) errno = error;
    return error;
}

static void append(const char *line, int length) {
    const char *file = getenv("SHIM_LOG");
    int log = file ? syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND) : -1;
    if (log < 0) return;
    syscall(SYS_write, log, line, length);
    syscall(SYS_close, log);
}

static int is_mark(const char *at) {
    int digits = 4;
    while (digits < 12 && at[digits] >= '0' && at[digits] <= '9') digits++;
    return digits == 12;
}

static void note(const char *what, const char *data, size_t length) {
    if (!getenv("SHIM_LOG")) return;
    static char line[1 << 16];
    static int lock;
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) {}
    int end = snprintf(line, sizeof line, "%s", what);
    const char *at = data, *stop = data + length;
    while (at && at < stop && (at = memmem(at, stop - at, "mark", 4)) && at + 12 <= stop) {
        if (is_mark(at) && end + 16 < (int)sizeof line) end += snprintf(line + end, 14, " %.12s", at);
        at += 4;
    }
    line[end++] = '\n';
    append(line, end);
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static int is_log(int fd) {
    char path[4096];
    if (!getenv("SHIM_LOG") || !path_of(fd, path) || !is_ours(path)) return 0;
    /* What PostgreSQL fills with zeros is not its log yet. */
    return strstr(path, "-wal") || (strstr(path, "/pg_wal/") && !strstr(path, "xlogtemp"));
}

#define PAGE 8192

/* A byte of the record at a place in PostgreSQL's log, whose pages begin with a head. */
static int byte_of(const unsigned char *data, size_t length, size_t record, size_t byte) {
    size_t at = record + byte, page = (record / PAGE + 1) * PAGE;
    /* It is longer at the beginning of a file, which no write reaches from the one before. */
    if (at >= page) at += 24;
    return at < length ? data[at] : -1;
}

/* Looks for the heads of records: length, transaction, the record before, what it is, of which kind. */
static void note_commits(const unsigned char *data, size_t length, size_t from) {
    for (size_t at = from; at + 8 <= length; at += 8) {
        uint32_t whole, transaction;
        memcpy(&whole, data + at, 4);
        memcpy(&transaction, data + at + 4, 4);
        int is_commit = byte_of(data, length, at, 17) == 1 && (byte_of(data, length, at, 16) & 0x7f) == 0;
        int is_head = byte_of(data, length, at, 18) == 0 && byte_of(data, length, at, 19) == 0;
        if (!is_commit || !is_head || whole < 32 || whole > PAGE || transaction < 3) continue;
        char line[32];
        append(line, snprintf(line, sizeof line, "committed %u\n", transaction));
    }
}

/* A head whose first 8 or 16 bytes stand at the end of the page before, which was written by itself. */
static void note_commit_begun_before(int fd, const char *data, off_t offset) {
    unsigned char pages[2 * PAGE];
    if (syscall(SYS_pread64, fd, pages, PAGE, offset - PAGE) != PAGE) return;
    memcpy(pages + PAGE, data, PAGE);
    note_commits(pages, PAGE + 64, PAGE - 16);
}

static void note_written(int fd, const char *data, ssize_t length, off_t offset) {
    if (length <= 0 || !is_log(fd)) return;
    /* SQLite writes the head of a frame by itself; of one that commits it tells the size of the file. */
    int commits = length == 24 && (data[4] || data[5] || data[6] || data[7]);
    note(commits ? "commit" : "wal", data, length);
    if (length % PAGE != 0) return;
    if (offset >= PAGE && offset % PAGE == 0) note_commit_begun_before(fd, data, offset);
    note_commits((const unsigned char *)data, length, 0);
}

ssize_t write(int fd, const void *data, size_t length) {
    if (refuses(fd)) return -1;
    ssize_t written = REAL(write)(fd, data, length);
    note_written(fd, data, written, 0);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    if (refuses(fd)) return -1;
    ssize_t written = REAL(pwrite)(fd, data, length, offset);
    note_written(fd, data, written, offset);
    return written;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return pwrite(fd, data, length, offset);
}

int ftruncate(int fd, off_t length) { return refuses(fd) ? -1 : REAL(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int posix_fallocate(int fd, off_t offset, off_t length) {
    int error = refuses(fd);
    return error ? error : REAL(posix_fallocate)(fd, offset, length);
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
    int wanted = flags & (O_WRONLY | O_RDWR | O_CREAT);
    int error = wanted && is_ours(path) ? refused() : 0;
    /* A full disk still opens what is there. */
    if (error && (error == EROFS || ((flags & O_CREAT) && access(path, F_OK) != 0))) {
        errno = error;
        return -1;
    }
    return syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE(flags, last) \
    va_list rest; \
    va_start(rest, last); \
    mode_t mode = (flags) & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest)

int open(const char *path, int flags, ...) {
    MODE(flags, flags);
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags, flags);
    return opened(AT_FDCWD, path, flags, mode);
}

static int synced(int fd, int (*real)(int)) {
    char path[4096];
    if (!path_of(fd, path) || !is_ours(path)) return real(fd);
    int log = is_log(fd);
    if (log) note("sync", NULL, 0);
    const char *delay = getenv("SHIM_DELAY");
    if (delay) usleep(atoi(delay));
    int outcome = real(fd);
    if (log && outcome == 0) note("synced", NULL, 0);
    return outcome;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

static void note_answer(const struct iovec *parts, size_t count) {
    if (count == 0 || parts->iov_len < 5 || memcmp(parts->iov_base, "HTTP/", 5)) return;
    for (size_t i = 0; i < count; i++) note("answer", parts[i].iov_base, parts[i].iov_len);
}

ssize_t send(int fd, const void *data, size_t length, int flags) {
    note_answer(&(struct iovec){(void *)data, length}, 1);
    return REAL(send)(fd, data, length, flags);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    note_answer(parts, count);
    return REAL(writev)(fd, parts, count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    note_answer(message->msg_iov, message->msg_iovlen);
    return REAL(sendmsg)(fd, message, flags);
}
