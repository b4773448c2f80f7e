#include "publish/flv_push.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <thread>
#include <utility>

#include "flv/metadata.h"
#include "net/url.h"
#include "publish/flv_file.h"
#include "rtmp/url.h"

namespace weir::publish {
namespace {

using flow::Flow;
using media::Item;

constexpr std::string_view kPlaceholder = "{rendition}";

/// One URL as it is used.
struct Destination {
  std::string rendition;  // "" takes the largest
  rtmp::Url url;
  std::string name;
};

std::string filled_in(std::string url, const std::string& rendition) {
  const std::string name = net::encode_path(rendition);
  for (auto at = url.find(kPlaceholder); at != std::string::npos;
       at = url.find(kPlaceholder, at + name.size()))
    url.replace(at, kPlaceholder.size(), name);
  return url;
}

Result<std::vector<std::string>> renditions_of(const media::Tracks& tracks,
                                               const std::string& only) {
  if (!only.empty()) return std::vector{only};
  std::vector<std::string> names;
  for (const auto& track : tracks)
    if (track.video() && !track.rendition.empty()) names.push_back(track.rendition);
  if (names.empty())
    return fail(Code::kUsage,
                "--push has {{rendition}} in its URL, but the input names no renditions");
  return names;
}

Result<void> add(std::string_view text, const std::string& rendition, bool named,
                 std::vector<Destination>& out) {
  auto url = rtmp::parse_url(text);
  if (!url) return fail(std::move(url.error()).within("--push"));
  std::string name = url->shown();
  if (named) name = fmt::format("{} to {}", rendition, name);
  const auto same = std::ranges::count_if(
      out, [&](const Destination& other) { return other.url.shown() == url->shown(); });
  if (same > 0 && !named) name += fmt::format(" ({})", same + 1);
  out.push_back({rendition, std::move(*url), std::move(name)});
  return {};
}

Result<std::vector<Destination>> destinations(const media::Tracks& tracks,
                                              const FlvPushOptions& options) {
  std::vector<Destination> out;
  for (const auto& text : options.urls) {
    if (text.find(kPlaceholder) == std::string::npos) {
      WEIR_TRY(add(text, options.rendition, false, out));
      continue;
    }
    if (options.multitrack)
      return fail(Code::kUsage,
                  "--multitrack sends all renditions at once: it goes without "
                  "{{rendition}} in the URL of --push");
    WEIR_TRY_ASSIGN(const auto names, renditions_of(tracks, options.rendition));
    for (const auto& name : names) WEIR_TRY(add(filled_in(text, name), name, true, out));
  }
  return out;
}

TargetReport brief(const PushReport& report) {
  return {report.name,
          std::string(state_text(report.state)),
          report.bytes,
          static_cast<std::int64_t>(report.drops.tags),
          static_cast<std::int64_t>(report.reconnects),
          report.queued_bytes,
          report.queued.count() / 1000};
}

using Senders = std::vector<std::unique_ptr<PushSender>>;

/// Adds to every report how the targets do.
class TargetProgress : public Progress {
 public:
  TargetProgress(const Senders& senders, Progress& next) : senders_(senders), next_(next) {}
  void update(const ProgressReport& report) override {
    ProgressReport out = report;
    for (const auto& sender : senders_) out.targets.push_back(brief(sender->report()));
    next_.update(out);
  }

 private:
  const Senders& senders_;
  Progress& next_;
};

/// The tags of one rendition, for all targets that get it.
class PushOutput : public FlvOutput {
 public:
  explicit PushOutput(std::vector<PushSender*> senders) : senders_(std::move(senders)) {}

  Result<Flow> begin(const flv::Metadata& metadata) override {
    return write(flv::metadata_tag(metadata));
  }
  Result<Flow> write(const flv::Tag& tag) override {
    const auto shared = std::make_shared<const flv::Tag>(tag);
    for (auto* sender : senders_) sender->push(shared);
    const bool over = std::ranges::all_of(senders_, [](const PushSender* sender) {
      return sender->report().state == PushState::kGivenUp;
    });
    return over ? Flow::kDone : Flow::kMore;
  }
  Result<void> commit(flv::Metadata) override { return {}; }

 private:
  const std::vector<PushSender*> senders_;
};

/// A rendition on its way.
struct Lane {
  std::unique_ptr<flow::Sink<Item>> sink;
  bool done = false;
};

class FlvPush : public flow::Sink<Item> {
 public:
  explicit FlvPush(const FlvPushTools& tools)
      : tools_(tools), progress_(senders_, tools.progress) {}

  Result<void> open(const media::Tracks& tracks, const FlvPushOptions& options);
  Result<Flow> push(Item item) override;
  Result<void> finish() override;

 private:
  Result<void> open_lane(const media::Tracks& tracks, const FlvPushOptions& options,
                         const std::string& rendition, const std::vector<Destination>& to);
  Result<void> report() const;

  const FlvPushTools tools_;
  Senders senders_;
  TargetProgress progress_;
  NullProgress silent_;
  std::vector<Lane> lanes_;
};

Result<void> FlvPush::open(const media::Tracks& tracks, const FlvPushOptions& options) {
  WEIR_TRY_ASSIGN(const auto all, destinations(tracks, options));
  std::map<std::string, std::vector<Destination>> by_rendition;
  for (const auto& one : all) by_rendition[one.rendition].push_back(one);
  for (const auto& [rendition, to] : by_rendition)
    WEIR_TRY(open_lane(tracks, options, rendition, to));
  return {};
}

Result<void> FlvPush::open_lane(const media::Tracks& tracks, const FlvPushOptions& options,
                                const std::string& rendition, const std::vector<Destination>& to) {
  const auto choose = options.multitrack ? all_flv_tracks : choose_flv_tracks;
  WEIR_TRY_ASSIGN(const FlvTracks chosen, choose(tracks, rendition, tools_.log));
  std::vector<PushSender*> senders;
  for (const auto& one : to) {
    senders_.push_back(
        std::make_unique<PushSender>(PushOptions{one.url, one.name, options.limits, options.retry,
                                                 options.drain, chosen.video != nullptr},
                                     tools_.clock, tools_.random, tools_.log));
    senders.push_back(senders_.back().get());
  }
  FlvFileOptions file;
  file.encoder = options.encoder;
  file.nanoseconds = options.nanoseconds;
  file.utc = true;
  Progress& progress = lanes_.empty() ? static_cast<Progress&>(progress_) : silent_;
  WEIR_TRY_ASSIGN(auto sink, open_flv_into(chosen, file, std::make_unique<PushOutput>(senders),
                                           tools_.log, progress));
  lanes_.push_back({std::move(sink)});
  return {};
}

Result<Flow> FlvPush::push(Item item) {
  for (auto& lane : lanes_) {
    if (lane.done) continue;
    WEIR_TRY_ASSIGN(const Flow flow, lane.sink->push(media::share(item)));
    lane.done = flow == Flow::kDone;
  }
  return std::ranges::all_of(lanes_, &Lane::done) ? Flow::kDone : Flow::kMore;
}

Result<void> FlvPush::finish() {
  Result<void> outcome;
  for (auto& lane : lanes_)
    if (auto finished = lane.sink->finish(); !finished && outcome) outcome = std::move(finished);
  std::vector<std::jthread> leaving;
  for (auto& sender : senders_) leaving.emplace_back([&sender] { sender->finish(); });
  leaving.clear();
  auto reported = report();
  return outcome ? reported : outcome;
}

Result<void> FlvPush::report() const {
  std::string failed;
  for (const auto& sender : senders_) {
    const PushReport one = sender->report();
    tools_.log.info("{}: {}: {} bytes sent, {} tags left out, {} reconnects", one.name,
                    state_text(one.state), one.bytes, one.drops.tags, one.reconnects);
    if (one.state != PushState::kGivenUp && one.ever) continue;
    failed += fmt::format("{}{}{}", failed.empty() ? "" : "; ", one.name,
                          one.failure.empty() ? "" : " (" + one.failure + ")");
  }
  if (!failed.empty()) return fail(Code::kIo, "not pushed to the end: {}", failed);
  return {};
}

}  // namespace

Result<std::unique_ptr<flow::Sink<Item>>> open_flv_push(const media::Tracks& tracks,
                                                        const FlvPushOptions& options,
                                                        const FlvPushTools& tools) {
  auto push = std::make_unique<FlvPush>(tools);
  WEIR_TRY(push->open(tracks, options));
  return push;
}

}  // namespace weir::publish
