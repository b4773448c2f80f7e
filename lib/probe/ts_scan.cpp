#include "probe/ts_scan.h"

#include <algorithm>
#include <utility>

namespace weir::probe {
namespace {

constexpr std::size_t kPacket = 188;
constexpr int kFirstFree = 0x20;  // PIDs below carry tables
constexpr int kStuffing = 0x1fff;

}  // namespace

void TsScan::feed(ByteView bytes) {
  while (!foreign_ && !bytes.empty()) {
    const std::size_t part = std::min(bytes.size(), kPacket - held_.size());
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(part));
    bytes = bytes.subspan(part);
    foreign_ = held_[0] != 0x47;
    if (held_.size() < kPacket) break;
    if (!foreign_) packet(held_);
    held_.clear();
  }
}

void TsScan::packet(ByteView bytes) {
  ++packets_;
  const int pid = (bytes[1] & 0x1f) << 8 | bytes[2];
  const bool adapted = (bytes[3] & 0x20) != 0, payload = (bytes[3] & 0x10) != 0;
  const std::size_t begin = adapted ? 5u + bytes[4] : 4u;
  const bool jump = adapted && bytes[4] > 0 && (bytes[5] & 0x80) != 0;
  if (pid == kStuffing) return;
  count(pid, bytes[3] & 0x0f, payload, jump);
  const bool starts = (bytes[1] & 0x40) != 0;
  if (pid == 0 && starts && payload && !pat_ && begin < kPacket) read_pat(bytes.subspan(begin));
  if (pmt_pids_.count(pid) > 0)
    pmt_ = true;
  else if (pid >= kFirstFree && !std::exchange(media_, true))
    facts_.tables_first = pat_ && pmt_;
}

// A packet may be sent twice.
void TsScan::count(int pid, int counter, bool payload, bool jump) {
  const auto [known, fresh] = counters_.try_emplace(pid, counter);
  const int before = std::exchange(known->second, counter);
  if (fresh || jump || counter == before) return;
  if (!payload || counter != (before + 1) % 16) ++facts_.lost;
}

void TsScan::read_pat(ByteView payload) {
  constexpr std::size_t kHead = 8, kEntry = 4, kCheck = 4;
  const std::size_t section = 1u + payload[0];  // behind the pointer
  if (section + kHead > payload.size()) return;
  const ByteView table = payload.subspan(section);
  const std::size_t length = 3u + (static_cast<unsigned>(table[1] & 0x0f) << 8 | table[2]);
  const std::size_t end = std::min(length, table.size());
  pat_ = true;
  for (std::size_t at = kHead; at + kEntry + kCheck <= end; at += kEntry) {
    if ((table[at] << 8 | table[at + 1]) == 0) continue;
    pmt_pids_.insert((table[at + 2] & 0x1f) << 8 | table[at + 3]);
  }
}

std::optional<TsFacts> TsScan::facts() const {
  if (foreign_ || packets_ == 0) return {};
  return facts_;
}

}  // namespace weir::probe
