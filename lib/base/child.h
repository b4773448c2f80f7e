// Another program that runs beside us.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace weir {

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release();
  void close();

 private:
  int fd_;
};

/// A pipe neither end of which a started program inherits by itself.
struct Pipe {
  Descriptor reading, writing;
};
Result<Pipe> open_pipe();

/// A started program. No shell is involved.
///
/// Begin      It has a process group of its own, so that a terminal's signals do not reach it;
///            signals are as by default, and of our descriptors it has the standard ones alone.
/// End        The destructor kills what still runs, with its process group, and collects it.
/// Threads    status() and wait() by one, kill() by any.
class Child {
 public:
  struct Files {
    int input = -1;   ///< Becomes its standard input; borrowed. -1: empty.
    int output = -1;  ///< The same of its standard output. -1: ours.
  };

  /// `arguments`[0] is looked up in PATH. kIo when it cannot be started, naming only the program.
  static Result<std::unique_ptr<Child>> start(const std::vector<std::string>& arguments,
                                              const Files& files);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// As waitpid() gives it; nothing while it runs.
  std::optional<int> status();
  /// The same, when it has ended.
  int wait();
  /// At once, with all of its process group. Without effect after its end.
  void kill();

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  const pid_t pid_;
  std::mutex mutex_;           // guards the rest: a process that was collected must not be killed
  std::optional<int> status_;  // once collected
};

/// "ended with status 3", "was ended by signal 9".
std::string end_text(int status);

}  // namespace weir
