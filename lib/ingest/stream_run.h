// One of several streams: its desk, its program, and the thread that carries it there.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/child.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "formats/output.h"
#include "ingest/notice_queue.h"
#include "ingest/publisher_desk.h"
#include "ingest/publisher_feed.h"
#include "ingest/reception.h"

namespace weir::ingest {

/// A name that may stand in a command: UTF-8 that does not begin with '-' or '.', without '/' and
/// control characters. kRefused with a text that repeats nothing of it.
Result<void> check_program_name(std::string_view stream);

/// The command with the stream's name in place of every "{stream}".
std::vector<std::string> command_for(std::vector<std::string> command, const std::string& stream);

/// How a run came to its end.
enum class RunEnd {
  kOver,     ///< The stream ended, or was stopped; and then the program.
  kProgram,  ///< The program could not be started, or ended before its stream.
};

/// Begin      start(). The program is started when the tracks are known, and gets the pipe stream
///            on its standard input; its other files are ours.
/// End        As PublisherFeed; a stream that fails; a program that ends. The program then sees the
///            end of its input and is waited for without a limit.
/// Threads    One of its own from start() on. desk() on that of the reception, the rest by one
///            other. The destructor joins.
class StreamRun {
 public:
  struct Plan {
    std::string stream;
    std::vector<std::string> command;  ///< As command_for() gives it.
    ListenSettings listen;
    std::optional<Micros> duration;  ///< No more than that is taken.
    std::string slate;               ///< As IngestOptions has it.
  };
  struct Services {
    const Clock& clock;
    const Random& random;
    Log& log;
    Reception& reception;
  };
  /// All services are borrowed.
  StreamRun(Plan plan, const Services& services);
  ~StreamRun();
  StreamRun(const StreamRun&) = delete;
  StreamRun& operator=(const StreamRun&) = delete;

  /// `over` is its last call, by its thread.
  void start(std::function<void(RunEnd)> over);
  PublisherDesk& desk() { return desk_; }
  /// The stream ends with its mark.
  void stop() { stop_.request(); }
  /// Kills a program that does not take what it is given.
  void kill_if_stuck();

 private:
  class NamedLog;
  class Watched;
  class Input;
  RunEnd work();
  RunEnd tell_end(const Result<void>& outcome);
  Result<std::unique_ptr<formats::Output>> start_program(const media::Tracks& tracks);

  const Plan plan_;
  const Services services_;
  const std::unique_ptr<Log> log_;
  StopSource stop_;
  NullProgress progress_;
  NoticeQueue queue_;
  PublisherDesk desk_;
  PublisherFeed feed_;
  bool early_ = false;  // the program ended before its stream, or never began
  std::mutex mutex_;    // guards the next two
  std::unique_ptr<Child> child_;
  bool fed_ = false;  // all that there is was written
  std::thread thread_;
};

}  // namespace weir::ingest
