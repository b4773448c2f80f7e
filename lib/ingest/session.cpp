#include "ingest/session.h"

#include "base/wait.h"
#include "flow/pump.h"
#include "flow/read_ahead.h"
#include "flow/through.h"
#include "formats/output.h"
#include "ingest/clocked_input.h"
#include "ingest/each_stream.h"
#include "ingest/fallback_feed.h"
#include "ingest/jump_repair.h"
#include "ingest/loop_input.h"
#include "ingest/paced.h"
#include "ingest/rejoin.h"
#include "ingest/reopening_source.h"
#include "ingest/slated_input.h"
#include "ingest/standby.h"
#include "ingest/test_input.h"

namespace weir::ingest {
namespace {

using formats::Input;

constexpr Micros kGapAfter{3'000'000};      // of nothing, live
constexpr Micros kSlateAfter{1'000'000};    // of nothing, live
constexpr Micros kLongestHole{30'000'000};  // in the stamps of a file that is none

// Every item goes to the stream; a recording beside it gets handles on the same packets, until a
// track changes its codec; that is told at the end, for the stream goes on.
class Outputs : public formats::Output {
 public:
  Outputs(std::unique_ptr<formats::Output> stream, std::unique_ptr<formats::Output> record,
          const media::Tracks& tracks, Log& log)
      : stream_(std::move(stream)), record_(std::move(record)), tracks_(tracks), log_(log) {}

  Result<flow::Flow> push(media::Item item) override {
    if (record_) WEIR_TRY(record(item));
    return stream_->push(std::move(item));
  }
  Result<void> finish() override {
    if (record_) recorded_ = record_->finish();
    auto streamed = stream_->finish();
    return streamed ? recorded_ : streamed;
  }

 private:
  // A container that cannot go on with another codec says so.
  Result<void> record(const media::Item& item) {
    auto pushed = record_->push(media::share(item));
    if (pushed) return {};
    const auto* event = std::get_if<media::Event>(&item);
    const bool change = event != nullptr && !media::refuse_change(*event, tracks_);
    if (!change) return fail(std::move(pushed).error());
    log_.warning("the recording ends here: {}", pushed.error().what);
    recorded_ = fail(std::move(pushed).error());
    return std::exchange(record_, nullptr)->finish();
  }

  std::unique_ptr<formats::Output> stream_;
  std::unique_ptr<formats::Output> record_;
  Result<void> recorded_;
  const media::Tracks& tracks_;
  Log& log_;
};

media::Repairs* repairs(const Surroundings& around) {
  return around.health == nullptr ? nullptr : &around.health->repairs;
}

Result<std::unique_ptr<Input>> open_input(const IngestOptions& options,
                                          const Surroundings& around) {
  const auto opener = [&around, start = options.start, url = options.input,
                       track_wait = options.track_wait](std::optional<Micros> most) {
    const formats::InputOptions input{&around.stop, &around.log,     start,     most,
                                      {},           repairs(around), track_wait};
    return open_any_input(url, input);
  };
  if (options.loop == 1) return opener(options.duration);
  if (options.input == "-")
    return fail(Code::kUsage, "cannot loop standard input: give a file, or leave out --loop");
  return LoopInput::open(opener, options.loop, options.duration);
}

bool is_repaired(const Input& input, const IngestOptions& options) {
  return !input.has_events() && options.loop == 1 && input.container() != "test";
}

Result<void> write(flow::Source<media::Item>& source, const media::Tracks& tracks,
                   const PacedOptions& pace, const IngestOptions& options,
                   const Surroundings& around) {
  WEIR_TRY_ASSIGN(auto stream, options.open_output
                                   ? options.open_output(tracks)
                                   : formats::open_pipe_output(options.output, tracks));
  std::unique_ptr<formats::Output> record;
  if (!options.record.empty()) {
    WEIR_TRY_ASSIGN(record, formats::open_recording(options.record, tracks));
  }
  if (around.health != nullptr) around.health->begin(tracks);
  Paced paced(source, tracks, pace, around.stop, around.clock, around.progress);
  Outputs outputs(std::move(stream), std::move(record), tracks, around.log);
  return flow::pump<media::Item>(paced, outputs);
}

Result<void> run_once(const IngestOptions& options, const Surroundings& around) {
  WEIR_TRY_ASSIGN(auto input, open_input(options, around));
  if (options.start && (input->has_events() || input->container() == "test"))
    return fail(Code::kUsage, "cannot start {} in the middle: it is read from its beginning only",
                input->name());
  PacedOptions pace{.realtime = options.realtime,
                    .anchored = options.realtime,
                    .marks_end = input->has_events(),
                    .duration = {},
                    .health = around.health};
  if (input->has_events()) pace.duration = options.duration;  // others end at the picture
  pace.total_us = input->duration().value_or(Micros(0)).count();
  if (!is_repaired(*input, options)) return write(*input, input->tracks(), pace, options, around);
  flow::Waiting<media::Item> waiting;
  JumpRepair repair(input->tracks(), kLongestHole, around.log, waiting, repairs(around));
  flow::Through<media::Item> repaired(*input, repair, waiting);
  return write(repaired, input->tracks(), pace, options, around);
}

Result<void> check_retry(const IngestOptions& options) {
  if (options.input.find("://") == std::string::npos)
    return fail(Code::kUsage, "--retry is for a URL: '{}' does not come back", options.input);
  if (options.loop != 1 || options.start || options.realtime)
    return fail(Code::kUsage,
                "--retry is for a live URL: leave out --loop, --start and --realtime");
  return {};
}

// `budget`: how long both may be away, which then is an end (a publisher's) or a failure.
Result<void> run_with_fallback(Feed& main, Micros budget, const IngestOptions& options,
                               const Surroundings& around) {
  FallbackSettings settings;
  settings.name = fmt::format("'{}'", options.fallback);
  settings.after = options.fallback_after;
  settings.budget = budget;
  settings.may_end = options.listen.has_value();
  settings.begin_counts = !options.listen;
  const auto open = [&] {
    return open_standby(options.fallback, around.clock, around.log, around.random, repairs(around));
  };
  const auto wait = [&](std::chrono::nanoseconds time) { wait_for(time, around.stop); };
  FallbackFeed both(main, open, settings,
                    {around.clock, around.stop, around.log, wait, around.health});
  return run_feed(both, options, around);
}

Result<void> check_fallback(const IngestOptions& options) {
  if (options.fallback.empty()) return {};
  if (!options.listen && !options.retry)
    return fail(Code::kUsage, "--fallback goes with --listen, or with --retry and a live URL");
  if (options.fallback == "-")
    return fail(Code::kUsage, "standard input cannot be the fallback: give a file or a URL");
  return {};
}

Result<void> check_track_wait(Micros wait) {
  if (wait.count() > 0 && wait <= formats::kMostTrackWait) return {};
  return fail(Code::kUsage, "--track-wait is {}: at most {} are kept for it", format_duration(wait),
              format_duration(formats::kMostTrackWait));
}

Result<void> check_slate(const IngestOptions& options, const Surroundings& around) {
  if (options.slate.empty()) return {};
  if (!options.listen && !options.retry)
    return fail(Code::kUsage, "--slate goes with --listen, or with --retry and a live URL");
  if (options.slate == kBlackSlate) return {};
  return SlateClip::check(options.slate, around.stop, around.log);
}

std::unique_ptr<SlatedInput> with_slate(flow::PatientSource<media::Item>& input,
                                        const media::Tracks& tracks, const IngestOptions& options,
                                        const Surroundings& around) {
  const std::string file = options.slate == kBlackSlate ? "" : options.slate;
  const auto open = [file, &around](const media::Tracks& now, const Slate::Starts& starts) {
    return Slate::open(now, starts, file, around.stop, around.log);
  };
  return std::make_unique<SlatedInput>(input, tracks, open, kSlateAfter, around.clock, around.log,
                                       around.health);
}

Result<void> run_retry(const IngestOptions& options, const Surroundings& around) {
  WEIR_TRY(check_retry(options));
  const auto open = [&] {
    return Input::open(
        options.input,
        {&around.stop, &around.log, {}, {}, kSilence, repairs(around), options.track_wait});
  };
  const auto wait = [&](std::chrono::nanoseconds time) { wait_for(time, around.stop); };
  ReopeningSource reopening(
      fmt::format("'{}'", options.input), open,
      {.budget = options.fallback.empty() ? *options.retry : kUnlimited},
      {around.clock, around.stop, around.log, net::dice(around.random), wait, repairs(around)});
  flow::ReadAhead<FeedItem> ahead(reopening, around.stop, kMostAhead, feed_cost);
  if (!options.fallback.empty()) return run_with_fallback(ahead, *options.retry, options, around);
  return run_feed(ahead, options, around);
}

Result<void> run_listen(const IngestOptions& options, const Surroundings& around) {
  if (options.input != "-" || options.loop != 1 || options.start || options.realtime ||
      options.retry)
    return fail(Code::kUsage,
                "--listen takes what is published: leave out INPUT, --loop, --start, --realtime "
                "and --retry");
  ListenSettings settings = *options.listen;
  settings.repairs = repairs(around);
  if (!options.fallback.empty()) settings.reconnect_window = kUnlimited;
  WEIR_TRY_ASSIGN(const auto feed,
                  ListenFeed::open(settings, around.clock, around.random, around.stop, around.log));
  tell_listening(options.listen->url, feed->port(), around.log);
  auto outcome = options.fallback.empty()
                     ? run_feed(*feed, options, around)
                     : run_with_fallback(*feed, options.listen->reconnect_window, options, around);
  const bool stopped = !outcome && outcome.error().code == Code::kStopped;  // before anybody came
  return stopped ? Result<void>() : outcome;
}

}  // namespace

Result<void> run_feed(Feed& feed, const IngestOptions& options, const Surroundings& around) {
  Rejoin rejoined(feed, around.clock, around.log, repairs(around));
  WEIR_TRY_ASSIGN(const auto tracks, rejoined.open());
  if (!tracks) return fail(Code::kIo, "the input ended before anything came");
  const auto slated =
      options.slate.empty() ? nullptr : with_slate(rejoined, *tracks, options, around);
  flow::PatientSource<media::Item>* whole = &rejoined;
  if (slated) whole = slated.get();
  ClockedInput clocked(*whole, kGapAfter, around.clock, around.log, repairs(around));
  flow::Waiting<media::Item> waiting;
  JumpRepair repair(*tracks, kGapAfter, around.log, waiting, repairs(around));
  flow::Through<media::Item> repaired(clocked, repair, waiting);
  PacedOptions pace;
  pace.anchored = true;
  pace.duration = options.duration;
  pace.health = around.health;
  return write(repaired, *tracks, pace, options, around);
}

Result<void> run(const IngestOptions& options, const Surroundings& around) {
  WEIR_TRY(check_fallback(options));
  WEIR_TRY(check_slate(options, around));
  WEIR_TRY(check_track_wait(options.listen ? options.listen->track_wait : options.track_wait));
  if (!options.exec_each.command.empty()) return run_each(options, around);
  if (options.listen) return run_listen(options, around);
  return options.retry ? run_retry(options, around) : run_once(options, around);
}

}  // namespace weir::ingest
