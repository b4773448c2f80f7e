#include "ingest/stream_run.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/session.h"

namespace weir::ingest {
namespace {

constexpr std::string_view kPlace = "{stream}";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

DeskRules rules_for(const StreamRun::Plan& plan) {
  return {plan.listen.url.app, plan.stream, {}, plan.listen.most_waiting, plan.listen.repairs};
}

}  // namespace

Result<void> check_program_name(std::string_view stream) {
  const bool bad = stream.empty() || stream.front() == '-' || stream.front() == '.' ||
                   stream.find('/') != std::string_view::npos ||
                   std::any_of(stream.begin(), stream.end(), is_control) || !valid_utf8(stream);
  if (!bad) return {};
  return fail(Code::kRefused,
              "a name of a stream here is UTF-8, begins with neither '-' nor '.', and has no '/' "
              "and no control characters");
}

std::vector<std::string> command_for(std::vector<std::string> command, const std::string& stream) {
  for (auto& word : command)
    for (auto at = word.find(kPlace); at != std::string::npos;
         at = word.find(kPlace, at + stream.size()))
      word.replace(at, kPlace.size(), stream);
  return command;
}

// Says of every line which stream it is about.
class StreamRun::NamedLog : public Log {
 public:
  NamedLog(const std::string& stream, Log& log)
      : prefix_(fmt::format("stream '{}': ", stream)), log_(log) {}
  void write(LogLevel level, std::string_view line) override {
    log_.write(level, fmt::format("{}{}", prefix_, line));
  }

 private:
  const std::string prefix_;
  Log& log_;
};

// The feed, which ends with its program too: that may happen while nothing is written.
class StreamRun::Watched : public Feed {
 public:
  explicit Watched(StreamRun& run) : run_(run) {}
  Result<flow::Awaited<FeedItem>> next_within(std::chrono::nanoseconds patience) override {
    if (!run_.child_ || !run_.child_->status()) return run_.feed_.next_within(patience);
    run_.early_ = true;
    return flow::Awaited<FeedItem>{flow::Awaited<FeedItem>::State::kEnd};
  }

 private:
  StreamRun& run_;
};

// Learns whether the program has closed its input while there was more.
class StreamRun::Input : public formats::Output {
 public:
  Input(StreamRun& run, std::unique_ptr<formats::Output> pipe)
      : run_(run), pipe_(std::move(pipe)) {}
  Result<flow::Flow> push(media::Item item) override {
    auto flow = pipe_->push(std::move(item));
    run_.early_ = run_.early_ || (flow && *flow == flow::Flow::kDone);
    return flow;
  }
  Result<void> finish() override { return pipe_->finish(); }

 private:
  StreamRun& run_;
  const std::unique_ptr<formats::Output> pipe_;
};

StreamRun::StreamRun(Plan plan, const Services& services)
    : plan_(std::move(plan)),
      services_(services),
      log_(std::make_unique<NamedLog>(plan_.stream, services_.log)),
      desk_(rules_for(plan_), queue_, services_.clock, *log_),
      feed_(
          queue_, [this] { services_.reception.post([this] { desk_.make_room(); }); }, plan_.listen,
          services_.clock, stop_, *log_) {}

StreamRun::~StreamRun() {
  stop_.request();
  if (thread_.joinable()) thread_.join();
}

void StreamRun::start(std::function<void(RunEnd)> over) {
  thread_ = std::thread([this, over = std::move(over)] { over(work()); });
}

RunEnd StreamRun::work() {
  IngestOptions options;
  options.duration = plan_.duration;
  options.slate = plan_.slate;
  options.open_output = [this](const media::Tracks& tracks) { return start_program(tracks); };
  Watched feed(*this);
  return tell_end(run_feed(feed, options,
                           {stop_, *log_, progress_, services_.clock, services_.random, nullptr}));
}

RunEnd StreamRun::tell_end(const Result<void>& outcome) {
  if (!outcome && outcome.error().code != Code::kStopped) log_->warning("{}", outcome.error().what);
  {
    const std::lock_guard lock(mutex_);
    fed_ = true;
  }
  if (!child_) return early_ ? RunEnd::kProgram : RunEnd::kOver;
  const int status = child_->wait();
  const bool good = status == 0 && !early_;
  log_->write(good ? LogLevel::kInfo : LogLevel::kWarning,
              fmt::format("'{}' {}{}", plan_.command.front(), end_text(status),
                          early_ ? " before its stream did" : ""));
  return good ? RunEnd::kOver : RunEnd::kProgram;
}

Result<std::unique_ptr<formats::Output>> StreamRun::start_program(const media::Tracks& tracks) {
  early_ = true;  // until it has taken the begin of its stream
  WEIR_TRY_ASSIGN(Pipe pipe, open_pipe());
  WEIR_TRY_ASSIGN(auto child, Child::start(plan_.command, {.input = pipe.reading.get()}));
  pipe.reading.close();
  log_->info("'{}' is started", plan_.command.front());
  {
    const std::lock_guard lock(mutex_);
    child_ = std::move(child);
  }
  WEIR_TRY_ASSIGN(auto output, formats::open_pipe_output(pipe.writing.release(),
                                                         "standard input of the program", tracks));
  early_ = false;
  return std::unique_ptr<formats::Output>(std::make_unique<Input>(*this, std::move(output)));
}

void StreamRun::kill_if_stuck() {
  const std::lock_guard lock(mutex_);
  if (!child_ || fed_) return;
  log_->warning("'{}' does not take its stream: it is killed", plan_.command.front());
  child_->kill();
}

}  // namespace weir::ingest
