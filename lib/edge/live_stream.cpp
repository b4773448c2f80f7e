#include "edge/live_stream.h"

#include <algorithm>
#include <utility>

#include "edge/viewer.h"
#include "flv/utc.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLargestBlock = 1 << 20;
constexpr std::int64_t kSoundEntryMs = 1'000;
constexpr auto kLook = 1s;  // between looks for viewers that are stuck

bool is_frame(TagUse use) {
  return use == TagUse::kKey || use == TagUse::kFrame;
}

// A tag that was read fits into one again.
void write(const flv::TagView& tag, std::int64_t at_ms, Bytes& out) {
  ByteWriter writer(out);
  static_cast<void>(
      flv::write_tag({tag.type, at_ms, Bytes(tag.body.begin(), tag.body.end())}, writer));
}

}  // namespace

void LiveStream::begin() {
  live_clock_.restart();
  headers_.clear();
  key_seen_ = video_ = audio_ = ended_ = false;
  first_ms_.reset();
  on_air_.reset();
  sound_from_.reset();
  ++counters_.publishers;
}

bool LiveStream::passes(const TagRole& role, const flv::Tag& tag) {
  if (role.use == TagUse::kDamaged || tag.body.size() > flv::kMaxBody) ++counters_.damaged;
  if (role.use == TagUse::kDamaged || role.use == TagUse::kNothing ||
      tag.body.size() > flv::kMaxBody)
    return false;
  if (tag.type != flv::TagType::kVideo || key_seen_ || role.use == TagUse::kHeader) return true;
  key_seen_ = role.use == TagUse::kKey;
  if (!key_seen_) ++counters_.before_key;
  return key_seen_;
}

// Publishers promise in their metadata what has not come yet.
void LiveStream::keep_header(const TagRole& role, flv::Tag tag) {
  if (tag.type == flv::TagType::kScript) {
    const auto text = as_text(tag.body);
    audio_ = audio_ || text.find("audiocodecid") != text.npos;
    video_ = video_ || text.find("videocodecid") != text.npos;
  }
  auto [kept, added] = headers_.try_emplace(role.header);
  if (!added && kept->second.body == tag.body) return;
  kept->second = std::move(tag);
  open_->headers_behind = ++headers_version_;
}

bool LiveStream::begins_here(const TagRole& role, const flv::Tag& tag, std::int64_t at_ms) const {
  if (role.use == TagUse::kKey) return true;
  return role.use == TagUse::kFrame && tag.type == flv::TagType::kAudio && !video_ &&
         at_ms - *first_ms_ >= kSoundEntryMs &&
         (!sound_from_ || at_ms - *sound_from_ >= kSoundEntryMs);
}

void LiveStream::take(const flv::Tag& tag) {
  const TagRole role = role_of(tag);
  if (ended_ || !passes(role, tag)) return;
  const bool frame = is_frame(role.use);
  const std::int64_t at_ms =
      frame ? live_clock_.place(tag.type, tag.timestamp_ms) : live_clock_.last(tag.type);
  video_ = video_ || tag.type == flv::TagType::kVideo;
  audio_ = audio_ || tag.type == flv::TagType::kAudio;
  if (frame && !first_ms_) first_ms_ = at_ms;
  const bool entry = begins_here(role, tag, at_ms);
  if (entry && role.use != TagUse::kKey) sound_from_ = at_ms;
  if (entry) close_block();
  if (!open_) open_block(entry, at_ms);
  const std::size_t before = open_->tags.size();
  write(tag, at_ms, open_->tags);
  counters_.bytes += open_->tags.size() - before;
  if (role.use == TagUse::kHeader) keep_header(role, tag);
  if (role.use == TagUse::kOther && tag.type == flv::TagType::kScript) keep_time(tag);
  open_->frames += frame ? 1 : 0;
  counters_.frames += frame ? 1 : 0;
  if (limits_.batch.count() == 0 || open_->tags.size() >= kLargestBlock) close_block();
}

void LiveStream::open_block(bool entry, std::int64_t at_ms) {
  open_ = std::make_shared<Block>();
  open_->number = last_ + 1;
  open_->entry = entry;
  open_->first_frame = counters_.frames;
  open_->first_byte = counters_.bytes;
  open_->headers_before = open_->headers_behind = headers_version_;
  open_->begun = clock_.monotonic();
  open_->first_ms = at_ms;
  if (entry) open_->intro = intro(at_ms);
}

Bytes LiveStream::intro(std::int64_t at_ms) const {
  Bytes out;
  ByteWriter writer(out);
  flv::write_file_header(audio_, video_, writer);
  const auto metadata = headers_.find({flv::TagType::kScript, 0, 0});
  if (metadata != headers_.end()) write(metadata->second, at_ms, out);
  for (const auto& [id, tag] : headers_)
    if (tag.type != flv::TagType::kScript) write(tag, live_clock_.last(tag.type), out);
  return out;
}

void LiveStream::close_block() {
  if (!open_) return;
  open_->tags.shrink_to_fit();
  const BlockPtr block = std::exchange(open_, nullptr);
  last_ = block->number;
  blocks_.push_back(block);
  kept_ += block->tags.size();
  if (block->entry) {
    entry_ = block;
    since_entry_ = 0;
  }
  since_entry_ += block->tags.size();
  trim();
  wake_viewers();
}

bool LiveStream::cache_holds(const Block& entry) const {
  return since_entry_ <= limits_.cache_bytes &&
         counters_.frames - entry.first_frame <= limits_.cache_frames &&
         clock_.monotonic() - entry.begun <= limits_.cache_time;
}

bool LiveStream::needless(const Block& block) const {
  if (entry_ && block.number >= entry_->number && cache_holds(*entry_)) return false;
  return kept_ > limits_.slow_bytes || clock_.monotonic() - block.begun > limits_.slow_time;
}

void LiveStream::trim() {
  while (!blocks_.empty() && needless(*blocks_.front())) {
    kept_ -= blocks_.front()->tags.size();
    blocks_.pop_front();
  }
  if (entry_ && !cache_holds(*entry_)) entry_.reset();
}

void LiveStream::end() {
  close_block();
  ended_ = true;
  wake_viewers();
}

std::optional<std::chrono::nanoseconds> LiveStream::due() const {
  std::optional<std::chrono::nanoseconds> at;
  if (open_) at = open_->begun + limits_.batch;
  if (!viewers_.empty()) at = std::min(at.value_or(looked_ + kLook), looked_ + kLook);
  return at;
}

void LiveStream::tick() {
  const auto now = clock_.monotonic();
  if (open_ && now - open_->begun >= limits_.batch) close_block();
  if (now - looked_ < kLook) return;
  looked_ = now;
  trim();
  look_for_stuck();
}

void LiveStream::wake_viewers() {
  const auto now = clock_.monotonic();
  for_viewers([now](Viewer& viewer) { viewer.wake(now); });
}

void LiveStream::look_for_stuck() {
  const auto now = clock_.monotonic();
  for_viewers([now](Viewer& viewer) { viewer.look(now); });
}

// Viewers may come and go in their owners' calls.
template <typename Task>
void LiveStream::for_viewers(Task task) {
  ++walks_;
  const std::size_t count = viewers_.size();
  for (std::size_t i = 0; i < count; ++i)
    if (viewers_[i] != nullptr) task(*viewers_[i]);
  if (--walks_ == 0) std::erase(viewers_, nullptr);
}

void LiveStream::add(Viewer& viewer) {
  viewers_.push_back(&viewer);
  ++counters_.of(viewer.via_).came;
}

void LiveStream::remove(Viewer& viewer) {
  const auto found = std::find(viewers_.begin(), viewers_.end(), &viewer);
  if (walks_ > 0)
    *found = nullptr;
  else
    viewers_.erase(found);
}

void LiveStream::keep_time(const flv::Tag& tag) {
  const auto utc_us = flv::read_utc(tag.body);
  const auto stamp_ms = live_clock_.place_of(tag.timestamp_ms);
  if (!utc_us || !stamp_ms) return;
  on_air_ = StampTime{*stamp_ms, *utc_us, true};
  on_air_jumps_ = live_clock_.jumps();
}

std::optional<StampTime> LiveStream::time() const {
  if (on_air_ && on_air_jumps_ == live_clock_.jumps()) return on_air_;
  const Block* const block = open_ ? open_.get() : blocks_.empty() ? nullptr : blocks_.back().get();
  if (block == nullptr) return {};
  const auto ago = std::chrono::duration_cast<Micros>(clock_.monotonic() - block->begun);
  return StampTime{block->first_ms, clock_.utc_us() - ago.count()};
}

std::size_t LiveStream::viewers() const {
  return static_cast<std::size_t>(
      std::count_if(viewers_.begin(), viewers_.end(), [](const auto* one) { return one; }));
}

// What is in the open block waits for all.
ViewerQueues LiveStream::queues(Via via) const {
  ViewerQueues out;
  const std::uint64_t closed = counters_.bytes - (open_ ? open_->tags.size() : 0);
  for (const Viewer* viewer : viewers_) {
    if (viewer == nullptr || viewer->via_ != via) continue;
    const std::uint64_t waits = viewer->begun_ ? closed - viewer->bytes_ : 0;
    ++out.viewers;
    out.bytes += waits;
    out.longest = std::max(out.longest, waits);
  }
  return out;
}

BlockPtr LiveStream::block(std::uint64_t number) const {
  if (number < oldest() || number > last_) return nullptr;
  return blocks_[number - oldest()];
}

}  // namespace weir::edge
