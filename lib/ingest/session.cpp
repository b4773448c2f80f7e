#include "ingest/session.h"

#include <poll.h>
#include <algorithm>

#include "flow/pump.h"
#include "formats/output.h"
#include "ingest/loop_input.h"
#include "ingest/test_input.h"
#include "media/end_mark.h"

namespace weir::ingest {
namespace {

using formats::Input;

// Waits, but not longer than until a stop is asked for.
void wait_for(std::chrono::nanoseconds time, const StopSource& stop) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  pollfd wake{stop.fd(), POLLIN, 0};
  if (ms > 0) poll(&wake, 1, static_cast<int>(std::min<std::int64_t>(ms, 1'000'000)));
}

// The input as it should leave: at its pace, anchored to the clock, with its end marked.
class Paced : public flow::Source<media::Item> {
 public:
  Paced(Input& input, const IngestOptions& options, const Surroundings& around)
      : input_(input),
        options_(options),
        around_(around),
        total_us_(input.duration().value_or(Micros(0)).count()) {}

  Result<std::optional<media::Item>> next() override {
    if (ended_) return std::optional<media::Item>();
    if (held_) return take_held();
    auto item = input_.next();
    if (!item && item.error().code != Code::kStopped) return item;
    if (!item) return end();
    if (!*item && input_.has_events() && !marked_) return fail(media::ended_early());
    if (!*item) return end();
    if (!first_) first_ = media::position(**item);
    position_ = std::max(position_, media::position(**item));
    if (beyond_duration()) return end();
    if (options_.realtime) keep_pace(**item);
    if (options_.realtime && !anchored_) return anchor(std::move(**item));
    if (media::is_end_mark(**item)) {
      marked_ = true;  // ours follows when all is over
      return next();
    }
    report(**item);
    return item;
  }

 private:
  // Other inputs end at the picture; a pipe stream is cut here, at the packet.
  bool beyond_duration() const {
    return input_.has_events() && options_.duration &&
           position_.micros() - first_->micros() >= options_.duration->count();
  }

  std::optional<media::Item> take_held() {
    std::optional<media::Item> item = std::move(held_);
    held_.reset();
    return item;
  }

  std::optional<media::Item> end() {
    ended_ = true;
    return media::Item(media::make_event(media::event::kEnd, position_));
  }

  std::optional<media::Item> anchor(media::Item item) {
    anchored_ = true;
    const media::Time at = media::position(item);
    held_ = std::move(item);
    return media::Item(media::anchor_event(at, around_.clock.utc_us()));
  }

  void keep_pace(const media::Item& item) {
    const auto now = around_.clock.monotonic();
    const auto at = std::chrono::microseconds(media::position(item).micros());
    if (!anchored_) begin_ = now - at;
    wait_for(begin_ + at - now, around_.stop);
  }

  void report(const media::Item& item) {
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) return;
    const auto* track = media::find_track(input_.tracks(), packet->track());
    report_.frames += track != nullptr && track->video() ? 1 : 0;
    report_.bytes_out += packet->raw()->size;
    report_.media_us = position_.micros();
    report_.total_us = total_us_;
    around_.progress.update(report_);
  }

  Input& input_;
  const IngestOptions& options_;
  const Surroundings& around_;
  std::int64_t total_us_;
  media::Time position_{0, {1, 1}};
  std::optional<media::Time> first_;
  std::chrono::nanoseconds begin_{};
  std::optional<media::Item> held_;
  ProgressReport report_;
  bool anchored_ = false;
  bool marked_ = false;
  bool ended_ = false;
};

// Every item goes to the stream; a recording beside it gets handles on the same packets.
class Outputs : public formats::Output {
 public:
  Outputs(std::unique_ptr<formats::Output> stream, std::unique_ptr<formats::Output> record)
      : stream_(std::move(stream)), record_(std::move(record)) {}

  Result<flow::Flow> push(media::Item item) override {
    if (record_)
      if (const auto* packet = std::get_if<media::Packet>(&item))
        WEIR_TRY(record_->push(packet->share()));
    return stream_->push(std::move(item));
  }
  Result<void> finish() override {
    auto recorded = record_ ? record_->finish() : Result<void>();
    auto streamed = stream_->finish();
    return streamed ? recorded : streamed;
  }

 private:
  std::unique_ptr<formats::Output> stream_;
  std::unique_ptr<formats::Output> record_;
};

Result<std::unique_ptr<Input>> open_input(const IngestOptions& options,
                                          const Surroundings& around) {
  const auto opener = [&around, start = options.start,
                       url = options.input](std::optional<Micros> most) {
    const formats::InputOptions input{&around.stop, &around.log, start, most};
    return url.starts_with("test:") ? open_test_input(url, input) : Input::open(url, input);
  };
  if (options.loop == 1) return opener(options.duration);
  if (options.input == "-")
    return fail(Code::kUsage, "cannot loop standard input: give a file, or leave out --loop");
  return LoopInput::open(opener, options.loop, options.duration);
}

}  // namespace

Result<void> run(const IngestOptions& options, const Surroundings& around) {
  WEIR_TRY_ASSIGN(auto input, open_input(options, around));
  if (options.start && (input->has_events() || input->container() == "test"))
    return fail(Code::kUsage, "cannot start {} in the middle: it is read from its beginning only",
                input->name());
  WEIR_TRY_ASSIGN(auto stream, formats::open_pipe_output(options.output, input->tracks()));
  std::unique_ptr<formats::Output> record;
  if (!options.record.empty()) {
    WEIR_TRY_ASSIGN(record, formats::open_recording(options.record, input->tracks()));
  }
  Paced source(*input, options, around);
  Outputs outputs(std::move(stream), std::move(record));
  return flow::pump<media::Item>(source, outputs);
}

}  // namespace weir::ingest
