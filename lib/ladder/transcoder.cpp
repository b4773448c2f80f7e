#include "ladder/transcoder.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include <tbb/info.h>

#include "codec/decoder.h"
#include "flow/bounded_queue.h"
#include "flow/pump.h"
#include "ladder/merge.h"
#include "ladder/pace.h"
#include "ladder/sound.h"
#include "media/end_mark.h"
#include "media/splice_plan.h"

namespace weir::ladder {
namespace {

constexpr flow::QueueLimits kReadAhead{4096, 32 << 20, 10'000'000};
constexpr std::int64_t kWriteBehind = 32 << 20;
constexpr media::Time kNearBreak{5, {1, 1000}};  // rounded stamps
constexpr media::Time kSoundLate{2, {1, 1}};  // how far sound may trail the picture in the source

// One lane of the merge as an encoder sees it.
class LaneSink : public RenditionSink {
 public:
  LaneSink(Merge& merge, const media::Tracks& tracks, int lane, Log& log)
      : merge_(merge), tracks_(tracks), lane_(lane), log_(log) {}
  Result<flow::Flow> push(media::Packet packet) override {
    return merge_.push(lane_, std::move(packet));
  }
  Result<void> finish() override {
    merge_.finish(lane_);
    return {};
  }
  void change(bool dropped, media::Time at) override {
    const auto& track = tracks_[static_cast<std::size_t>(lane_)];
    log_.write(dropped ? LogLevel::kWarning : LogLevel::kInfo,
               fmt::format("rendition {} {}", track.rendition, dropped ? "dropped" : "back"));
    merge_.insert_event(media::rendition_event(track, dropped, at));
  }
  void advance(media::Time dts) override { merge_.advance(lane_, dts); }

 private:
  Merge& merge_;
  const media::Tracks& tracks_;  // complete before the first packet
  int lane_;
  Log& log_;
};

// Decoding is cheap beside encoding; only machines with cores to spare give it threads of its own.
int decoder_threads() {
  return std::clamp(tbb::info::default_concurrency() / 4, 1, 8);
}

class LadderRun : public Transcoder, public flow::Sink<media::Frame> {
 public:
  LadderRun(const TranscodeOptions& options, Log& log, Progress& progress)
      : options_(options), log_(log), progress_(progress), grid_(options.grid) {}

  Result<void> open(const media::Tracks& source);
  const media::Tracks& tracks() const override { return tracks_; }
  Result<void> run(flow::Source<media::Item>& source, bool marked,
                   flow::Sink<media::Item>& output) override;

 private:
  // How each of the three threads ended; read after they were joined.
  struct Outcome {
    Result<void> read, encoded, written;
    bool stopped = false;  // as was asked for
    bool gone = false;     // the reader of the output
  };
  void read(flow::Source<media::Item>& source, flow::BoundedQueue<media::Item>& items,
            Outcome& outcome);
  Result<void> write(flow::Sink<media::Item>& output, bool& gone);
  Result<void> conclude(Outcome outcome, bool marked, flow::Sink<media::Item>& output);
  Result<void> open_video(const media::Track& source, const Plan& plan);
  Result<std::unique_ptr<Engine>> open_engine(const media::Track& source, const Plan& plan,
                                              const PacketSinks& sinks);
  Result<void> open_sound(const media::Tracks& source, int first_lane);
  void watch_pace(bool chunks);
  Result<void> transcode(flow::BoundedQueue<media::Item>& items);
  std::optional<media::Item> pop(flow::BoundedQueue<media::Item>& items);
  bool wait_for_room();
  Result<void> take(media::Item item);
  Result<void> change(const media::Track& source);
  Result<void> drain();
  void start(media::Time first_pts);
  Mark place(media::Time pts);
  void announce(const Mark& mark, media::Time at);
  void count(media::Time position);
  void mark_sound(const media::Packet& packet);

  // The decoded and processed pictures of the source.
  Result<flow::Flow> push(media::Frame frame) override;
  Result<void> finish() override { return {}; }

  TranscodeOptions options_;
  Log& log_;
  Progress& progress_;
  Grid grid_;
  media::SplicePlan splices_;
  media::Tracks source_;
  media::Tracks tracks_;
  std::unique_ptr<Merge> merge_;
  std::vector<std::unique_ptr<LaneSink>> lanes_;
  std::unique_ptr<Engine> engine_;           // null without video
  std::unique_ptr<PictureChain> pictures_;   // flows into *this
  std::unique_ptr<codec::Decoder> decoder_;  // flows into pictures_
  std::vector<std::unique_ptr<SoundChain>> sound_;
  int video_index_ = -1;
  int first_sound_lane_ = 0;
  AVRational frame_rate_{0, 1};
  std::int64_t last_pts_ = media::kNoTime;
  std::optional<media::Time> break_;  // told, not reached
  bool started_ = false;
  bool end_marked_ = false;
  ProgressReport report_;
  std::optional<Pace> pace_;  // of a live run
};

Result<void> LadderRun::open(const media::Tracks& source) {
  source_ = source;
  const media::Track* video = media::main_video(source);
  Plan plan;
  if (video != nullptr) {
    WEIR_TRY_ASSIGN(pictures_,
                    PictureChain::open(options_.picture, *video, Clock::system(), *this));
    plan = make_plan(options_.ladder.renditions, pictures_->track());
  }
  for (const auto& note : plan.notes) log_.info("{}", note);
  const auto videos = static_cast<int>(plan.renditions.size());
  std::vector<bool> dense(static_cast<std::size_t>(videos), true);
  if (options_.audio)
    for (const auto& rendition : options_.ladder.audio)
      if (choose_sound(source, rendition) != nullptr) dense.push_back(dense.empty());
  if (dense.empty())
    return fail(Code::kBadInput, "nothing to encode: the input has no picture{}",
                options_.audio ? " and no sound" : ", and sound was not asked for");
  merge_ = std::make_unique<Merge>(dense, kWriteBehind);
  for (int i = 0; i < static_cast<int>(dense.size()); ++i)
    lanes_.push_back(std::make_unique<LaneSink>(*merge_, tracks_, i, log_));
  if (video != nullptr) WEIR_TRY(open_video(*video, plan));
  if (options_.audio) WEIR_TRY(open_sound(source, videos));
  return {};
}

Result<void> LadderRun::open_video(const media::Track& source, const Plan& plan) {
  PacketSinks sinks;
  for (std::size_t i = 0; i < plan.renditions.size(); ++i) sinks.push_back(lanes_[i].get());
  WEIR_TRY_ASSIGN(engine_, open_engine(pictures_->track(), plan, sinks));
  tracks_ = engine_->tracks();
  WEIR_TRY_ASSIGN(decoder_, codec::Decoder::open(source, decoder_threads(), *pictures_));
  video_index_ = source.index;
  frame_rate_ = pictures_->track().frame_rate;
  return {};
}

Result<std::unique_ptr<Engine>> LadderRun::open_engine(const media::Track& source, const Plan& plan,
                                                       const PacketSinks& sinks) {
  ChunkOptions& options = options_.chunks;
  options.gop = options_.grid.gop;
  const bool chunks = !options_.low_latency && chunks_fit(source, options);
  watch_pace(chunks);
  if (chunks) return open_chunk_engine(plan, source, options, sinks);
  if (options.guard != nullptr)
    return fail(
        Code::kUsage, "the realtime guard needs chunks{}",
        options_.low_latency ? "" : ", which need more memory: raise --memory or shorten --gop");
  if (!options_.low_latency)
    log_.warning(
        "two chunks of {:.1f} s do not fit in the memory allowed: one pass instead, which "
        "takes longer for the same quality; raise --memory or shorten --gop",
        static_cast<double>(options.gop.count()) / 1e6);
  EngineOptions one_pass = options.engine;
  one_pass.low_latency = options_.low_latency;
  return open_one_pass(plan, source, one_pass, sinks);
}

void LadderRun::watch_pace(bool chunks) {
  if (options_.clock == nullptr) return;
  std::string advice = "choose a smaller ladder";
  if (options_.chunks.guard == nullptr)
    advice = chunks ? "choose a cheaper --preset, a smaller ladder, or --realtime-guard"
                    : "choose a cheaper --preset or a smaller ladder";
  pace_.emplace(*options_.clock, log_, std::move(advice));
}

Result<void> LadderRun::open_sound(const media::Tracks& source, int first_lane) {
  first_sound_lane_ = first_lane;
  for (const auto& rendition : options_.ladder.audio) {
    const media::Track* track = choose_sound(source, rendition);
    if (track == nullptr) continue;
    const auto lane = static_cast<std::size_t>(first_lane) + sound_.size();
    WEIR_TRY_ASSIGN(auto chain, SoundChain::open(rendition, *track, *lanes_[lane]));
    tracks_.push_back(chain->track());
    tracks_.back().index = static_cast<int>(lane);
    sound_.push_back(std::move(chain));
  }
  return {};
}

// Room for the pictures' reordering and the sound's priming, so that no stamp falls below 0; in
// whole pictures where their length is known, so that stamps stay on the source's own grid. Sound
// that has not come yet may still begin at 0.
void LadderRun::start(media::Time first_pts) {
  const AVRational step = frame_rate_.num > 0 ? av_inv_q(frame_rate_) : AVRational{1, 100};
  const auto steps = [&](media::Time time, AVRounding round) {
    return av_rescale_q_rnd(time.ticks, time.base, step, round);
  };
  std::int64_t shift = 0;
  if (engine_) shift = tracks_.front().par->video_delay - steps(first_pts, AV_ROUND_DOWN);
  for (std::size_t i = 0; i < sound_.size(); ++i) {
    const auto& track = tracks_[static_cast<std::size_t>(first_sound_lane_) + i];
    const auto& first = sound_[i]->first_pts();
    const media::Time begin{(first ? first->in(track.time_base) : 0) - track.par->initial_padding,
                            track.time_base};
    shift = std::max(shift, -steps(begin, AV_ROUND_DOWN));
  }
  merge_->start({std::max<std::int64_t>(shift, 0), step});
  started_ = true;
}

Result<flow::Flow> LadderRun::push(media::Frame frame) {
  auto& raw = *frame.raw();
  if (last_pts_ != media::kNoTime && raw.pts <= last_pts_) raw.pts = last_pts_ + 1;
  last_pts_ = raw.pts;
  const media::Time pts = frame.pts();
  if (!started_) start(pts);
  const Mark mark = place(pts);
  if (mark.segment) announce(mark, pts);
  const media::Time sound{pts.micros() - kSoundLate.micros(), media::kMicros};
  for (std::size_t i = 0; i < sound_.size(); ++i)
    merge_->advance(first_sound_lane_ + static_cast<int>(i), sound);
  ++report_.frames;
  count(pts);
  if (!wait_for_room()) return flow::Flow::kDone;
  if (pace_ && mark.key) pace_->reach(pts);
  return engine_->push({std::move(frame), mark});
}

// Without a picture the sound of the source carries the grid; its priming is in the first segment.
void LadderRun::mark_sound(const media::Packet& packet) {
  if (engine_ || packet.track() != sound_.front()->source_index()) return;
  if (!started_) start(packet.pts());
  const Mark mark = place(packet.pts());
  media::Time at = packet.pts();
  const auto& leader = tracks_.front();
  if (mark.number == 0)
    at = {at.in(leader.time_base) - leader.par->initial_padding, leader.time_base};
  if (mark.segment) announce(mark, at);
  count(packet.pts());
}

// The decoder may still have had pictures from before the break.
Mark LadderRun::place(media::Time pts) {
  if (break_ && pts.micros() >= break_->micros() - kNearBreak.micros()) {
    grid_.restart();
    break_.reset();
  }
  const bool splice = splices_.reach(pts);
  return grid_.place(pts, splice, splices_.next());
}

void LadderRun::announce(const Mark& mark, media::Time at) {
  merge_->push_event(
      media::segment_event(mark.number, at, {options_.grid.segment.count(), media::kMicros}));
}

void LadderRun::count(media::Time position) {
  report_.media_us = position.micros();
  report_.total_us = options_.total_us;
  progress_.update(report_);
}

Result<void> LadderRun::take(media::Item item) {
  if (auto* event = std::get_if<media::Event>(&item)) {
    end_marked_ = end_marked_ || event->kind() == media::event::kEnd;
    const bool ours = event->kind() == media::event::kEnd ||
                      event->kind() == media::event::kTrack ||
                      event->kind() == media::event::kSegment;
    if (event->kind() == media::event::kDiscontinuity) break_ = event->at;
    splices_.take(*event);
    if (pictures_) pictures_->note(*event);
    if (const auto changed = media::changed_track(*event, source_)) WEIR_TRY(change(*changed));
    if (!ours) merge_->push_event(std::move(*event));
    return {};
  }
  auto& packet = std::get<media::Packet>(item);
  if (decoder_ && packet.track() == video_index_) {
    WEIR_TRY(decoder_->push(std::move(packet)));
    return {};
  }
  if (sound_.empty()) return {};
  for (auto& chain : sound_) chain->note(packet);
  mark_sound(packet);
  for (auto& chain : sound_)
    if (chain->source_index() == packet.track()) WEIR_TRY(chain->push(packet.share()));
  return {};
}

// The renditions go on as they were.
Result<void> LadderRun::change(const media::Track& source) {
  log_.info("the source goes on with {} at {:.3f} s", source.codec_name(),
            static_cast<double>(report_.media_us) / 1e6);
  if (decoder_ && source.index == video_index_) WEIR_TRY(decoder_->change(source));
  for (auto& chain : sound_)
    if (chain->source_index() == source.index) WEIR_TRY(chain->change(source));
  return {};
}

Result<void> LadderRun::drain() {
  Result<void> outcome;
  const auto keep = [&](Result<void> result) {
    if (outcome && !result) outcome = fail(std::move(result).error());
  };
  for (auto& chain : sound_) keep(chain->finish());
  if (decoder_) keep(decoder_->finish());
  if (engine_) keep(engine_->finish());
  if (decoder_ && decoder_->damaged() > 0)
    log_.warning("{} packets of the picture could not be decoded", decoder_->damaged());
  if (pictures_ && options_.picture.fps.num > 0)
    log_.info("{} pictures left out and {} shown again for a constant rate",
              pictures_->counts().dropped, pictures_->counts().repeated);
  for (const auto& chain : sound_)
    if (chain->silence_us() > 0)
      log_.info("{:.3f} s of silence fill holes in the sound",
                static_cast<double>(chain->silence_us()) / 1e6);
  return outcome;
}

Result<void> LadderRun::transcode(flow::BoundedQueue<media::Item>& items) {
  Result<void> outcome;
  while (auto item = pop(items)) {
    outcome = take(std::move(*item));
    if (!outcome) break;
  }
  auto drained = drain();
  return outcome ? drained : outcome;
}

std::optional<media::Item> LadderRun::pop(flow::BoundedQueue<media::Item>& items) {
  std::optional<Pace::Waiting> waiting;
  if (pace_) waiting.emplace(*pace_);
  return items.pop();
}

bool LadderRun::wait_for_room() {
  std::optional<Pace::Waiting> waiting;
  if (pace_) waiting.emplace(*pace_);
  return merge_->wait_for_room();
}

Result<void> LadderRun::run(flow::Source<media::Item>& source, bool marked,
                            flow::Sink<media::Item>& output) {
  flow::BoundedQueue<media::Item> items(kReadAhead, media::cost, [](const media::Item& item) {
    return media::position(item).micros();
  });
  Outcome outcome;
  std::jthread reader([&] { read(source, items, outcome); });
  std::jthread writer([&] {
    outcome.written = write(output, outcome.gone);
    merge_->cancel();  // whoever still encodes need not
    items.cancel();
  });
  outcome.encoded = transcode(items);
  if (!started_) merge_->start({0, {1, 1}});
  items.cancel();
  reader.join();
  writer.join();
  return conclude(std::move(outcome), marked, output);
}

void LadderRun::read(flow::Source<media::Item>& source, flow::BoundedQueue<media::Item>& items,
                     Outcome& outcome) {
  while (true) {
    auto item = source.next();
    outcome.stopped = !item && item.error().code == Code::kStopped;
    if (!item && !outcome.stopped) outcome.read = fail(std::move(item).error());
    if (!item || !*item || !items.push(std::move(**item))) break;
  }
  items.close();
}

Result<void> LadderRun::write(flow::Sink<media::Item>& output, bool& gone) {
  while (true) {
    WEIR_TRY_ASSIGN(auto item, merge_->next());
    if (!item) return {};
    WEIR_TRY_ASSIGN(const auto flow, output.push(std::move(*item)));
    gone = flow == flow::Flow::kDone;
    if (gone) return {};
  }
}

// Marks a whole stream as such and finishes the output; of several failures the one nearest to the
// output tells most.
Result<void> LadderRun::conclude(Outcome outcome, bool marked, flow::Sink<media::Item>& output) {
  const bool whole = outcome.encoded && outcome.written && outcome.read &&
                     (!marked || end_marked_ || outcome.stopped);
  if (whole) {
    auto end = output.push(media::make_event(media::event::kEnd, merge_->position()));
    if (!end) outcome.written = fail(std::move(end).error());
  }
  auto finished = output.finish();
  if (!outcome.written) return outcome.written;
  if (!outcome.encoded) return outcome.encoded;
  if (!outcome.read) return outcome.read;
  if (!finished || outcome.gone) return finished;
  if (engine_ && report_.frames == 0)
    return fail(Code::kBadInput, "no picture of the input could be decoded");
  if (!whole) return fail(media::ended_early());
  return {};
}

}  // namespace

Result<std::unique_ptr<Transcoder>> Transcoder::open(const TranscodeOptions& options,
                                                     const media::Tracks& source, Log& log,
                                                     Progress& progress) {
  auto run = std::make_unique<LadderRun>(options, log, progress);
  WEIR_TRY(run->open(source));
  return std::unique_ptr<Transcoder>(std::move(run));
}

}  // namespace weir::ladder
