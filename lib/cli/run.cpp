#include "cli/run.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <system_error>

#include "base/os_error.h"
#include "cli/log.h"
#include "cli/progress.h"
#include "cli/words.h"

namespace weir::cli {
namespace {

// A signal handler has no user data, hence the global.
std::atomic<StopSource*> signal_stop{nullptr};

extern "C" void on_stop_signal(int signal) {
  StopSource* stop = signal_stop.load();
  if (stop != nullptr && !stop->requested()) {
    stop->request();
    return;
  }
  std::signal(signal, SIG_DFL);  // delivered as soon as this handler returns
  std::raise(signal);
}

/// While this lives, SIGINT and SIGTERM request `stop`, and SIGPIPE is ignored.
class Signals {
 public:
  explicit Signals(StopSource& stop) {
    signal_stop.store(&stop);
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_stop_signal;  // no SA_RESTART: a blocked read is to come back
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &old_pipe_);
  }
  ~Signals() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
    sigaction(SIGPIPE, &old_pipe_, nullptr);
    signal_stop.store(nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  struct sigaction old_int_ {};
  struct sigaction old_term_ {};
  struct sigaction old_pipe_ {};
};

bool is_pipe(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

std::unique_ptr<ShownProgress> make_progress(std::string_view tool, const Common& common,
                                             Words& words, const Clock& clock) {
  if (common.progress == "json") return make_json_progress(std::string(tool), words, clock);
  // In a chain of tools on one terminal only the last may draw, or their lines would fight.
  if (common.progress == "auto" && words.terminal() && !is_pipe(STDOUT_FILENO))
    return make_line_progress(words, clock);
  return make_no_progress();
}

class ToolSession : public Session {
 public:
  ToolSession(std::string_view tool, const Common& common)
      : words_(STDERR_FILENO, ::isatty(STDERR_FILENO) == 1),
        log_(make_log({.tool = std::string(tool),
                       .level = parse_level(common.log_level),
                       .json = common.log_format == "json"},
                      words_, clock())),
        progress_(make_progress(tool, common, words_, clock())) {}

  StopSource& stop() override { return stop_; }
  Log& log() override { return *log_; }
  Progress& progress() override { return *progress_; }
  const Clock& clock() const override { return Clock::system(); }

  Words& words() override { return words_; }

  ShownProgress& shown() { return *progress_; }

 private:
  StopSource stop_;
  Words words_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<ShownProgress> progress_;
};

// A file opened while 0, 1 or 2 is closed would get that number and be written over. The stand-ins
// are open the wrong way round, so that using them still fails.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0) [[maybe_unused]]
      const int opened = ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

Result<void> output_failure(int error) {
  if (error == EPIPE) return fail(Code::kStopped, "the reader of standard output went away");
  return fail(Code::kIo, "cannot write standard output: {}", os_error_text(error));
}

// Other libraries' exceptions end here.
Result<void> guarded(const std::function<Result<void>(Session&)>& body, Session& session) {
  try {
    return body(session);
  } catch (const std::system_error& error) {
    return output_failure(error.code().value());  // fmt::print throws it; nothing else of ours does
  } catch (const std::bad_alloc&) {
    return fail(Code::kInternal, "out of memory");
  } catch (const std::exception& error) {
    return fail(Code::kInternal, "internal error: {}", error.what());
  }
}

bool reader_gone(int fd) {
  pollfd out{fd, 0, 0};
  return ::poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0;
}

// Closing a duplicate reports what a file system tells only at close, and keeps stdout usable.
Result<void> flush_stdout() {
  if (std::fflush(stdout) != 0) return output_failure(errno);
  if (std::ferror(stdout) != 0) return output_failure(reader_gone(STDOUT_FILENO) ? EPIPE : EIO);
  const int copy = ::dup(STDOUT_FILENO);
  if (copy >= 0 && ::close(copy) != 0) return output_failure(errno);
  return {};
}

int exit_status(const Result<void>& outcome) {
  if (outcome) return 0;
  switch (outcome.error().code) {
    case Code::kStopped:
      return 0;
    case Code::kUsage:
      return 2;
    case Code::kRefused:
      return 3;
    case Code::kBadInput:
      return 4;
    case Code::kUnsupported:
    case Code::kIo:
    case Code::kTimeout:
    case Code::kInternal:
      return 1;
  }
  return 1;
}

// glibc moves its threshold up to the largest block ever freed, after which segments and pictures
// come from the heap and leave holes in it that grow for hours; a fixed one keeps them apart. A few
// megabytes stay, or every group of packets is paid for in page faults.
void keep_memory_flat() {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
}

}  // namespace

void keep_freed_memory() {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_ARENA_MAX, 1);
#endif
}

int run(std::string_view tool, const Common& common,
        const std::function<Result<void>(Session&)>& body) {
  keep_memory_flat();
  occupy_standard_streams();
  ToolSession session(tool, common);
  const Signals signals(session.stop());
  const FfmpegWords ffmpeg(session.log(), common.log_level == "debug");
  Result<void> outcome = guarded(body, session);
  session.shown().finish();
  if (Result<void> flushed = flush_stdout(); outcome && !flushed) outcome = flushed;
  if (exit_status(outcome) != 0) session.log().write(LogLevel::kError, outcome.error().what);
  return exit_status(outcome);
}

Result<void> refuse_terminal(const std::string& path) {
  if (path != "-" || ::isatty(STDOUT_FILENO) != 1) return {};
  return fail(Code::kUsage,
              "will not write a stream to a terminal: use -o FILE, or a pipe to the next tool");
}

}  // namespace weir::cli
