#include "ingest/standby.h"

#include <utility>

#include "base/stop.h"
#include "base/wait.h"
#include "flow/read_ahead.h"
#include "ingest/loop_input.h"
#include "ingest/reopening_source.h"
#include "ingest/test_input.h"

namespace weir::ingest {
namespace {

using formats::Input;

// An input that gives each item when its time has come.
class PlayedInput : public Input {
 public:
  PlayedInput(std::unique_ptr<Input> input, const Clock& clock, const StopSource& stop)
      : input_(std::move(input)), clock_(clock), stop_(stop) {}

  Result<std::optional<media::Item>> next() override {
    auto item = input_->next();
    if (!item || !*item) return item;
    const auto at = Micros(media::position(**item).micros());
    if (!begin_) begin_ = clock_.monotonic() - at;
    wait_for(*begin_ + at - clock_.monotonic(), stop_);
    if (stop_.requested()) return fail(Code::kStopped, "stopped");
    return item;
  }
  const media::Tracks& tracks() const override { return input_->tracks(); }
  const std::string& name() const override { return input_->name(); }
  bool seekable() const override { return false; }
  std::optional<Micros> duration() const override { return input_->duration(); }
  std::string container() const override { return input_->container(); }
  bool has_events() const override { return false; }

 private:
  std::unique_ptr<Input> input_;
  const Clock& clock_;
  const StopSource& stop_;
  std::optional<std::chrono::nanoseconds> begin_;  // of stream time, on the clock
};

class Standby : public Feed {
 public:
  Standby(std::string url, const Clock& clock, Log& log, const Random& random,
          media::Repairs* repairs)
      : url_(std::move(url)),
        clock_(clock),
        log_(log),
        repairs_(repairs),
        source_(fmt::format("'{}'", url_), [this] { return open(); }, {.budget = kUnlimited},
                {clock, stop_, log, net::dice(random),
                 [this](std::chrono::nanoseconds time) { wait_for(time, stop_); }}),
        ahead_(source_, stop_, kMostAhead, feed_cost) {}

  Result<flow::Awaited<FeedItem>> next_within(std::chrono::nanoseconds patience) override {
    return ahead_.next_within(patience);
  }

 private:
  Result<std::unique_ptr<Input>> open_once(std::optional<Micros> patience) {
    const formats::InputOptions options{&stop_, &log_, {}, {}, patience, repairs_};
    return open_any_input(url_, options);
  }
  Result<std::unique_ptr<Input>> open() {
    const bool is_url = url_.find("://") != std::string::npos;
    WEIR_TRY_ASSIGN(auto input, open_once(is_url ? std::optional(kSilence) : std::nullopt));
    if (is_url && !input->duration()) return input;
    if (input->container() != "test") {
      WEIR_TRY_ASSIGN(input, LoopInput::open([this](auto) { return open_once({}); }, 0));
    }
    return std::make_unique<PlayedInput>(std::move(input), clock_, stop_);
  }

  const std::string url_;
  const Clock& clock_;
  Log& log_;
  media::Repairs* repairs_;
  StopSource stop_;
  ReopeningSource source_;
  flow::ReadAhead<FeedItem> ahead_;
};

}  // namespace

std::unique_ptr<Feed> open_standby(const std::string& url, const Clock& clock, Log& log,
                                   const Random& random, media::Repairs* repairs) {
  return std::make_unique<Standby>(url, clock, log, random, repairs);
}

}  // namespace weir::ingest
