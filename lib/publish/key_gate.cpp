#include "publish/key_gate.h"

#include <algorithm>

namespace weir::publish {
namespace {

constexpr int kOrdinary = 0;

}  // namespace

bool PushEntry::start() const {
  return kind == Kind::kPicture && key && std::ranges::find(tracks, kOrdinary) != tracks.end();
}

void KeyGate::close() {
  closed_ = pictures_;
  leading_ = false;
  open_.clear();
  quiet_since_ms_.reset();
}

void KeyGate::begin() {
  close();
  leading_ = true;
}

bool KeyGate::picture_passes(const PushEntry& entry) {
  quiet_since_ms_.reset();
  if (entry.key) open_.insert(entry.tracks.begin(), entry.tracks.end());
  if (!open_.contains(kOrdinary)) {
    open_.clear();
    return false;
  }
  return std::ranges::all_of(entry.tracks, [&](int track) { return open_.contains(track); });
}

bool KeyGate::passes(const PushEntry& entry) {
  if (!closed_ || entry.kind == PushEntry::Kind::kHeader) return true;
  if (entry.kind == PushEntry::Kind::kPicture) return picture_passes(entry);
  if (leading_ || open_.contains(kOrdinary)) return true;
  if (!quiet_since_ms_) quiet_since_ms_ = entry.stamp_ms;
  return entry.stamp_ms - *quiet_since_ms_ >= kAloneMs;
}

}  // namespace weir::publish
