/*
 * Records what a program makes durable in one directory, so that a test can bring the directory
 * into a state that a loss of power could have left: see power_loss.ts for the rules.
 *
 * Loaded with LD_PRELOAD. SYNC_SHIM_WATCH is the directory (absolute; its subdirectories are not
 * watched). SYNC_SHIM_KEEP is a directory on the same file system: there each watched file has a
 * second name, its inode number, so that nothing is gone when it is deleted or replaced, and the
 * file `events` gets a line for each event:
 *
 *   C <inode> <name>           a file was created, or moved here
 *   R <from> <to>              a file was renamed, within the directory
 *   U <name>                   a file was deleted, moved away, or replaced by something else
 *   T <inode> <length>         a file was cut
 *   S <inode> <length> <ops>   a file was synced: this many bytes, after this many C, R and U
 *   D <ops>                    the directory itself was synced
 *   X <function>               something that these rules do not cover
 *
 * A line is one write to a file opened for appending: a SIGKILL leaves whole lines. Lines follow
 * what they report; an event whose line is missing counts as one that was not durable.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINE_BYTES 4096
#define NUMBER_BYTES 32

static const char *directory;
static size_t directory_length;
static int keep = -1;
static int events = -1;
/* Held over a change of the directory and the line that reports it: lines have the same order. */
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned long changes;

__attribute__((constructor)) static void start(void) {
  const char *watch = getenv("SYNC_SHIM_WATCH");
  const char *keep_path = getenv("SYNC_SHIM_KEEP");
  if (watch == NULL || keep_path == NULL) return;
  keep = (int)syscall(SYS_openat, AT_FDCWD, keep_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (keep < 0) abort();
  events = (int)syscall(SYS_openat, keep, "events", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (events < 0) abort();
  directory_length = strlen(watch);
  directory = strdup(watch);
}

__attribute__((format(printf, 1, 2))) static void report(const char *format, ...) {
  char line[LINE_BYTES];
  int saved = errno;
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (syscall(SYS_write, events, line, (size_t)length) != length) abort();
  errno = saved;
}

/* The name of a path in the directory; NULL for any other path. */
static const char *name_of(const char *path) {
  if (directory == NULL || path == NULL) return NULL;
  if (strncmp(path, directory, directory_length) != 0 || path[directory_length] != '/') return NULL;
  const char *name = path + directory_length + 1;
  return *name == 0 || strchr(name, '/') != NULL ? NULL : name;
}

/* The second name of a file. */
static void number_of(const struct stat *status, char number[NUMBER_BYTES]) {
  snprintf(number, NUMBER_BYTES, "%ju", (uintmax_t)status->st_ino);
}

enum kind { UNWATCHED, WATCHED_FILE, THE_DIRECTORY };

/* What a descriptor refers to, whichever way it came about: Deno makes copies of them. */
static enum kind kind_of(int descriptor, struct stat *status) {
  struct stat other;
  char number[NUMBER_BYTES];
  if (directory == NULL) return UNWATCHED;
  int saved = errno;
  enum kind kind = UNWATCHED;
  if (fstat(descriptor, status) != 0) kind = UNWATCHED;
  else if (S_ISDIR(status->st_mode)) {
    if (stat(directory, &other) == 0 && other.st_ino == status->st_ino) kind = THE_DIRECTORY;
  } else if (S_ISREG(status->st_mode)) {
    number_of(status, number);
    if (fstatat(keep, number, &other, 0) == 0 && other.st_dev == status->st_dev) kind = WATCHED_FILE;
  }
  errno = saved;
  return kind;
}

/* A file got a name in the directory. Whether it is new: it has no second name yet. */
static int appeared(const struct stat *status, const char *path, const char *name) {
  char number[NUMBER_BYTES];
  int saved = errno;
  number_of(status, number);
  int is_new = linkat(AT_FDCWD, path, keep, number, 0) == 0;
  if (!is_new && errno != EEXIST) abort();
  errno = saved;
  if (is_new) report("C %s %s\n", number, name);
  return is_new;
}

static void opened(int descriptor, const char *path, const char *name, int truncated) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (appeared(&status, path, name)) changes++;
  else if (truncated) report("T %ju 0\n", (uintmax_t)status.st_ino);
}

static int open_at(int at, const char *path, int flags, mode_t mode) {
  const char *name = name_of(path);
  if (name == NULL || !(flags & (O_CREAT | O_TRUNC))) {
    return (int)syscall(SYS_openat, at, path, flags, mode);
  }
  pthread_mutex_lock(&changing);
  int descriptor = (int)syscall(SYS_openat, at, path, flags, mode);
  if (descriptor >= 0) opened(descriptor, path, name, flags & O_TRUNC);
  pthread_mutex_unlock(&changing);
  return descriptor;
}

#define OPEN(at)                                               \
  mode_t mode = 0;                                             \
  if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) { \
    va_list arguments;                                         \
    va_start(arguments, flags);                                \
    mode = va_arg(arguments, mode_t);                          \
    va_end(arguments);                                         \
  }                                                            \
  return open_at(at, path, flags, mode);

int open(const char *path, int flags, ...) { OPEN(AT_FDCWD) }
int open64(const char *path, int flags, ...) { OPEN(AT_FDCWD) }
int openat(int at, const char *path, int flags, ...) { OPEN(at) }
int openat64(int at, const char *path, int flags, ...) { OPEN(at) }

/* LevelDB makes its files with stdio, which does not come by the functions above. */
FILE *fopen(const char *path, const char *mode) {
  static FILE *(*real)(const char *, const char *);
  if (real == NULL) real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
  const char *name = name_of(path);
  if (name == NULL || mode[0] == 'r') return real(path, mode);
  pthread_mutex_lock(&changing);
  FILE *file = real(path, mode);
  if (file != NULL) opened(fileno(file), path, name, mode[0] == 'w');
  pthread_mutex_unlock(&changing);
  return file;
}
FILE *fopen64(const char *path, const char *mode) { return fopen(path, mode); }

static int sync_with(long call, int descriptor) {
  /* What is written, or changes its name, while this goes on may not be part of it. */
  unsigned long before = changes;
  struct stat status;
  enum kind kind = kind_of(descriptor, &status);
  int result = (int)syscall(call, descriptor);
  if (result != 0 || kind == UNWATCHED) return result;
  if (kind == THE_DIRECTORY) report("D %lu\n", before);
  else report("S %ju %ju %lu\n", (uintmax_t)status.st_ino, (uintmax_t)status.st_size, before);
  return result;
}

int fsync(int descriptor) { return sync_with(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return sync_with(SYS_fdatasync, descriptor); }

/* The end of a change of names: `result` 0 means that there was one. */
static int changed(int result) {
  if (result == 0) changes++;
  int saved = errno;
  pthread_mutex_unlock(&changing);
  errno = saved;
  return result;
}

static int rename_with(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  const char *from_name = name_of(from);
  const char *to_name = name_of(to);
  struct stat status;
  if (from_name == NULL && to_name == NULL) {
    return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  }
  pthread_mutex_lock(&changing);
  int result = (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  if (result != 0) return changed(result);
  if (flags != 0) report("X renameat2 with flags\n");
  if (from_name != NULL && to_name != NULL) report("R %s %s\n", from_name, to_name);
  else if (from_name != NULL) report("U %s\n", from_name);
  else if (stat(to, &status) != 0 || !S_ISREG(status.st_mode)) report("U %s\n", to_name);
  else if (!appeared(&status, to, to_name)) {
    report("C %ju %s\n", (uintmax_t)status.st_ino, to_name);
  }
  return changed(result);
}

int rename(const char *from, const char *to) {
  return rename_with(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
  return rename_with(from_at, from, to_at, to, 0);
}
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  return rename_with(from_at, from, to_at, to, flags);
}

int unlinkat(int at, const char *path, int flags) {
  const char *name = name_of(path);
  if (name == NULL || (flags & AT_REMOVEDIR)) return (int)syscall(SYS_unlinkat, at, path, flags);
  pthread_mutex_lock(&changing);
  int result = (int)syscall(SYS_unlinkat, at, path, flags);
  if (result == 0) report("U %s\n", name);
  return changed(result);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

static void cut(int result, int descriptor, off_t length) {
  struct stat status;
  if (result != 0 || kind_of(descriptor, &status) != WATCHED_FILE) return;
  report("T %ju %jd\n", (uintmax_t)status.st_ino, (intmax_t)length);
}

int ftruncate(int descriptor, off_t length) {
  int result = (int)syscall(SYS_ftruncate, descriptor, length);
  cut(result, descriptor, length);
  return result;
}
int ftruncate64(int descriptor, off_t length) { return ftruncate(descriptor, length); }

int truncate(const char *path, off_t length) {
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  int result = ftruncate(descriptor, length);
  int saved = errno;
  syscall(SYS_close, descriptor);
  errno = saved;
  return result;
}
int truncate64(const char *path, off_t length) { return truncate(path, length); }

/* What may overwrite bytes that were synced: LevelDB never does. */

static void report_overwriting(int descriptor, const char *function) {
  struct stat status;
  if (kind_of(descriptor, &status) == WATCHED_FILE) report("X %s\n", function);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  report_overwriting(descriptor, "pwrite");
  return (ssize_t)syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite(descriptor, bytes, count, offset);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  int writes = (flags & MAP_SHARED) && (protection & PROT_WRITE);
  if (writes && descriptor >= 0) report_overwriting(descriptor, "mmap for writing");
  return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  return mmap(address, length, protection, flags, descriptor, offset);
}
