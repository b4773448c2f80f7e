#include "base/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/os_error.h"

extern char** environ;

namespace weir {
namespace {

/// What posix_spawn() is told.
struct Orders {
  Orders() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~Orders() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Orders(const Orders&) = delete;
  Orders& operator=(const Orders&) = delete;

  // Sockets are not all opened as close-on-exec: one that a program held would outlive its close.
  void set_files(const Child::Files& wanted) {
    if (wanted.input >= 0)
      posix_spawn_file_actions_adddup2(&files, wanted.input, STDIN_FILENO);
    else
      posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (wanted.output >= 0) posix_spawn_file_actions_adddup2(&files, wanted.output, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  }
  void set_attributes() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

}  // namespace

int Descriptor::release() {
  return std::exchange(fd_, -1);
}

void Descriptor::close() {
  if (fd_ >= 0) ::close(release());
}

Result<Pipe> open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Code::kIo, "cannot make a pipe: {}", os_error_text(errno));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& arguments,
                                            const Files& files) {
  Orders orders;
  orders.set_files(files);
  orders.set_attributes();
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, argv[0], &orders.files, &orders.attributes, argv.data(), environ);
  if (error != 0)
    return fail(Code::kIo, "cannot run '{}': {}", arguments.front(), os_error_text(error));
  return std::unique_ptr<Child>(new Child(pid));
}

Child::~Child() {
  kill();
  wait();
}

std::optional<int> Child::status() {
  const std::lock_guard lock(mutex_);
  int status = 0;
  if (status_) return status_;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  // Below 0 it was collected by the system (SIGCHLD is ignored): how it ended nobody knows.
  if (ended != 0) status_ = ended > 0 ? status : 0;
  return status_;
}

int Child::wait() {
  siginfo_t info;
  while (true) {
    if (const auto ended = status()) return *ended;
    // It stays to be collected, so that its number is nobody else's meanwhile.
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }
}

void Child::kill() {
  const std::lock_guard lock(mutex_);
  if (!status_) ::kill(-pid_, SIGKILL);
}

std::string end_text(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace weir
