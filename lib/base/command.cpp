#include "base/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <optional>

#include "base/os_error.h"

extern char** environ;

namespace weir {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// A started program; killed and collected when it is given up.
class Child {
 public:
  ~Child() {
    if (pid_ > 0) kill();
  }
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// 0 or an errno value. `output` becomes its standard output.
  int start(const std::vector<std::string>& arguments, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    set_attributes(attributes);
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const int error = ::posix_spawnp(&pid_, argv[0], &files, &attributes, argv.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) pid_ = 0;
    return error;
  }

  /// Its status as wait() gives it; nothing while it runs.
  std::optional<int> status() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return {};
    pid_ = 0;
    return status;
  }

 private:
  // Its own process group, so that it can be killed with its children; signals as they are by
  // default, for we ignore some.
  static void set_attributes(posix_spawnattr_t& attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  void kill() {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  }

  pid_t pid_ = 0;
};

int left_ms(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

tl::unexpected<Error> timed_out(const std::string& program, const CommandLimits& limits) {
  return fail(Code::kTimeout, "'{}' did not end within {} ms", program, limits.timeout.count());
}

Result<Bytes> read_all(int fd, const std::string& program, const CommandLimits& limits,
                       Deadline deadline) {
  Bytes out;
  std::array<std::uint8_t, 4096> block;
  while (true) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, left_ms(deadline));
    if (ready == 0) return timed_out(program, limits);
    if (ready < 0 && errno == EINTR) continue;
    const auto n = ::read(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Code::kIo, "cannot read from '{}': {}", program, os_error_text(errno));
    if (n == 0) return out;
    out.insert(out.end(), block.begin(), block.begin() + n);
    if (out.size() > limits.output)
      return fail(Code::kIo, "'{}' prints more than {} bytes", program, limits.output);
  }
}

// It has closed its output, so it ends in a moment; no signal tells of that without disturbing the
// process around us.
Result<int> wait_for(Child& child, const std::string& program, const CommandLimits& limits,
                     Deadline deadline) {
  while (true) {
    if (const auto status = child.status()) return *status;
    if (left_ms(deadline) == 0) return timed_out(program, limits);
    ::poll(nullptr, 0, 1);
  }
}

/// Takes words off a command line.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : rest_(line) {}

  Result<std::vector<std::string>> split() {
    std::vector<std::string> words;
    while (skip_blanks()) {
      words.emplace_back();
      while (!rest_.empty() && !blank(rest_.front())) WEIR_TRY(take(words.back()));
    }
    if (words.empty() || words.front().empty())
      return fail(Code::kUsage, "the command is empty: name a program and its arguments");
    return words;
  }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
  bool skip_blanks() {
    while (!rest_.empty() && blank(rest_.front())) rest_.remove_prefix(1);
    return !rest_.empty();
  }
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  Result<void> take(std::string& word) {
    const char c = next();
    if (c == '\'' || c == '"') return take_quoted(word, c);
    if (c == '\\' && rest_.empty())
      return fail(Code::kUsage, "the command ends with a '\\' that has nothing to protect");
    word += c == '\\' ? next() : c;
    return {};
  }
  Result<void> take_quoted(std::string& word, char quote) {
    while (!rest_.empty()) {
      const char c = next();
      if (c == quote) return {};
      const bool escape =
          c == '\\' && quote == '"' && !rest_.empty() && (rest_[0] == '"' || rest_[0] == '\\');
      word += escape ? next() : c;
    }
    return fail(Code::kUsage, "the command has a {} that is not closed", quote);
  }

  std::string_view rest_;
};

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view line) {
  return Splitter(line).split();
}

Result<Bytes> run_command(const std::vector<std::string>& arguments, const CommandLimits& limits) {
  const std::string& program = arguments.front();
  const Deadline deadline = std::chrono::steady_clock::now() + limits.timeout;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Code::kIo, "cannot run '{}': {}", program, os_error_text(errno));
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  Child child;
  if (const int error = child.start(arguments, to.get()); error != 0)
    return fail(Code::kIo, "cannot run '{}': {}", program, os_error_text(error));
  to.close();
  WEIR_TRY_ASSIGN(Bytes out, read_all(from.get(), program, limits, deadline));
  WEIR_TRY_ASSIGN(const int status, wait_for(child, program, limits, deadline));
  if (WIFSIGNALED(status))
    return fail(Code::kIo, "'{}' was ended by signal {}", program, WTERMSIG(status));
  if (WEXITSTATUS(status) != 0)
    return fail(Code::kIo, "'{}' ended with status {}", program, WEXITSTATUS(status));
  return out;
}

}  // namespace weir
