#include "ingest/each_stream.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "base/command.h"
#include "base/sparing_log.h"
#include "base/wait.h"
#include "ingest/stream_run.h"

namespace weir::ingest {
namespace {

constexpr std::int64_t kMemory = 256 << 20, kLeastShare = 1 << 20, kMostShare = 32 << 20;

// Keeps a run until the server has let go of the handler that uses its desk.
class KeptHandler : public rtmp::StreamHandler {
 public:
  KeptHandler(std::shared_ptr<StreamRun> run, std::unique_ptr<rtmp::StreamHandler> handler)
      : run_(std::move(run)), handler_(std::move(handler)) {}
  void started() override { handler_->started(); }
  void take(flv::Tag tag) override { handler_->take(std::move(tag)); }
  void ended(const Error& why) override { handler_->ended(why); }

 private:
  const std::shared_ptr<StreamRun> run_;
  const std::unique_ptr<rtmp::StreamHandler> handler_;
};

/// All streams there are. On the thread of the reception, but for open(), finish() and the
/// destructor.
class Streams {
 public:
  Streams(const IngestOptions& options, std::vector<std::string> command, DeskRules rules,
          const Surroundings& around)
      : options_(options),
        command_(std::move(command)),
        rules_(std::move(rules)),
        around_(around),
        refusals_(around.log) {}

  Result<void> open() {
    const auto gate = [this](const auto& visitor, auto stream) {
      return admit(visitor, std::move(stream));
    };
    return reception_.open(*options_.listen, gate, around_.random, around_.log);
  }
  std::uint16_t port() const { return reception_.port(); }

  /// Ends every stream; true when all are gone in time.
  bool finish(std::chrono::nanoseconds patience) {
    reception_.run([this] {
      closing_ = true;
      for (const auto& [name, run] : runs_) run->stop();
    });
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, patience, [&] { return count_ == 0; });
  }
  void kill_stuck() {
    reception_.run([this] {
      for (const auto& [name, run] : runs_) run->kill_if_stuck();
    });
  }

 private:
  Result<std::unique_ptr<rtmp::StreamHandler>> admit(const rtmp::Visitor& visitor,
                                                     std::shared_ptr<rtmp::ServedStream> stream) {
    auto run = run_for(visitor.name);
    if (!run) {
      refusals_.warning(around_.clock.monotonic(), fmt::format("a publisher at {} is refused: {}",
                                                               visitor.address, run.error().what));
      return fail(std::move(run).error());
    }
    WEIR_TRY_ASSIGN(auto handler, (*run)->desk().admit(visitor, std::move(stream)));
    return std::make_unique<KeptHandler>(std::move(*run), std::move(handler));
  }

  Result<std::shared_ptr<StreamRun>> run_for(const rtmp::StreamName& name) {
    WEIR_TRY(check_visitor(rules_, name));
    WEIR_TRY(check_program_name(name.stream));
    if (const auto found = runs_.find(name.stream); found != runs_.end()) return found->second;
    if (closing_) return fail(Code::kRefused, "the server is about to end");
    const auto now = around_.clock.monotonic();
    std::erase_if(resting_, [&](const auto& each) { return now - each.second >= kRest; });
    if (resting_.contains(name.stream))
      return fail(Code::kRefused, "the program of this stream has just failed: come again soon");
    if (std::ssize(runs_) >= options_.exec_each.max_streams)
      return fail(Code::kRefused, "there are {} streams already, and no more may be", runs_.size());
    return begin(name.stream);
  }

  std::shared_ptr<StreamRun> begin(const std::string& stream) {
    StreamRun::Plan plan{stream, command_for(command_, stream), *options_.listen, options_.duration,
                         options_.slate};
    plan.listen.most_waiting =
        std::clamp(kMemory / options_.exec_each.max_streams, kLeastShare, kMostShare);
    auto run = std::make_shared<StreamRun>(
        std::move(plan),
        StreamRun::Services{around_.clock, around_.random, around_.log, reception_});
    runs_[stream] = run;
    count_streams();
    run->start([this, stream](RunEnd end) {
      reception_.post([this, stream, end] { remove(stream, end); });
    });
    return run;
  }

  void remove(const std::string& stream, RunEnd end) {
    if (end == RunEnd::kProgram) resting_[stream] = around_.clock.monotonic();
    runs_[stream]->desk().put_out("the stream has ended here");
    runs_.erase(stream);
    count_streams();
  }

  void count_streams() {
    const std::lock_guard lock(mutex_);
    count_ = runs_.size();
    ended_.notify_all();
  }

  const IngestOptions& options_;
  const std::vector<std::string> command_;
  const DeskRules rules_;
  const Surroundings& around_;
  SparingLog refusals_;
  std::map<std::string, std::shared_ptr<StreamRun>> runs_;
  std::map<std::string, std::chrono::nanoseconds> resting_;  // since when
  bool closing_ = false;
  std::mutex mutex_;  // guards count_
  std::condition_variable ended_;
  std::size_t count_ = 0;
  Reception reception_;  // gone before all that its handlers use
};

Result<std::vector<std::string>> command_of(const IngestOptions& options) {
  if (!options.listen) return fail(Code::kUsage, "--exec-each goes with --listen");
  const bool one = options.output != "-" || !options.record.empty() || !options.fallback.empty() ||
                   !options.listen->stream.empty();
  if (one)
    return fail(Code::kUsage,
                "--exec-each takes every stream: leave out --output, --record, --stream and "
                "--fallback");
  WEIR_TRY_ASSIGN(auto command, split_command(options.exec_each.command));
  if (command.front().find("{stream}") != std::string::npos)
    return fail(Code::kUsage,
                "the program of --exec-each is not for publishers to choose: {{stream}} may stand "
                "in its arguments");
  return command;
}

}  // namespace

Result<void> run_each(const IngestOptions& options, const Surroundings& around) {
  WEIR_TRY_ASSIGN(auto command, command_of(options));
  WEIR_TRY_ASSIGN(auto rules, desk_rules(*options.listen, around.log));
  Streams streams(options, std::move(command), std::move(rules), around);
  WEIR_TRY(streams.open());
  tell_listening(options.listen->url, streams.port(), around.log);
  while (!around.stop.requested()) wait_for(kUnlimited, around.stop);
  while (!streams.finish(kLeave)) streams.kill_stuck();
  return {};
}

}  // namespace weir::ingest
