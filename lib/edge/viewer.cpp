#include "edge/viewer.h"

#include <utility>

#include "edge/live_stream.h"

namespace weir::edge {

Viewer::Viewer(LiveStream& stream, ViewerOwner& owner, Form form, Via via)
    : stream_(stream),
      owner_(owner),
      came_(stream.clock_.monotonic()),
      moved_(came_),
      form_(form),
      via_(via) {
  stream_.add(*this);
}

Viewer::~Viewer() {
  stream_.remove(*this);
}

std::optional<Piece> Viewer::next() {
  if (evicted_) return {};
  if (current_) return take_tags(std::exchange(current_, nullptr));
  if (position_ != 0 && position_ < stream_.oldest()) position_ = 0;
  const bool enters = position_ == 0;
  BlockPtr block = enters ? stream_.entry_ : stream_.block(position_);
  idle_ = block == nullptr;
  if (idle_) return {};
  if (!enters) return take_tags(block);
  if (begun_) count_skip(*block);
  if (evicted_) return {};
  if (begun_ && headers_ == block->headers_before) return take_tags(block);
  return take_intro(std::move(block));
}

ViewerCounters& Viewer::counters() const {
  return stream_.counters_.of(via_);
}

Piece Viewer::take_intro(BlockPtr entry) {
  const auto now = stream_.clock_.monotonic();
  const bool resumed = std::exchange(begun_, true);
  if (!resumed) counters().starts.add(now - came_);
  const Piece piece = intro_piece(entry, form_, resumed);
  counters().sent += piece.bytes.size();
  moved_ = now;
  bytes_ = entry->first_byte;
  current_ = std::move(entry);
  return piece;
}

Piece Viewer::take_tags(const BlockPtr& block) {
  position_ = block->number + 1;
  frames_ = block->first_frame + block->frames;
  headers_ = block->headers_behind;
  moved_ = stream_.clock_.monotonic();
  const Piece piece = tags_piece(block, form_);
  bytes_ = block->first_byte + block->tags.size();
  counters().sent += piece.bytes.size();
  return piece;
}

void Viewer::count_skip(const Block& resumed) {
  const auto now = stream_.clock_.monotonic();
  const std::uint64_t lost = resumed.first_frame - frames_;
  skipped_ += lost;
  counters().skipped_frames += lost;
  ++counters().skips;
  if (skips_ == 0 || now - skips_since_ > stream_.limits_.skip_window) {
    skips_ = 0;
    skips_since_ = now;
  }
  if (++skips_ <= stream_.limits_.most_skips) return;
  evicted_ = true;
  ++counters().evicted;
}

Viewer::State Viewer::state() const {
  if (evicted_) return State::kEvicted;
  if (!stream_.ended_ || current_) return State::kPlaying;
  const bool enters = position_ == 0 || position_ < stream_.oldest();
  const bool more = enters ? stream_.entry_ != nullptr : position_ <= stream_.last_;
  return more ? State::kPlaying : State::kEnded;
}

void Viewer::wake(std::chrono::nanoseconds now) {
  if (std::exchange(idle_, false)) moved_ = now;
  owner_.ready();
}

void Viewer::look(std::chrono::nanoseconds now) {
  if (idle_ || evicted_ || now - moved_ < stream_.limits_.stall) return;
  evicted_ = true;
  ++counters().evicted;
  owner_.ready();
}

}  // namespace weir::edge
