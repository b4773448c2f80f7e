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
  if (adapted) read_clock(bytes.subspan(4));
  if (starts && payload && pid >= kFirstFree && begin < kPacket) read_stamps(bytes.subspan(begin));
  if (pid == 0 && starts && payload && begin < kPacket) read_pat(bytes.subspan(begin));
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

void TsScan::read_clock(ByteView adaptation) {
  constexpr std::size_t kClock = 6;
  if (adaptation[0] < 1 + kClock || (adaptation[1] & 0x10) == 0) return;
  const auto at = adaptation.subspan(2);
  clock_ = std::int64_t{at[0]} << 25 | at[1] << 17 | at[2] << 9 | at[3] << 1 | at[4] >> 7;
  ++facts_.clocks;
}

// The decoding stamp of a PES packet, else its only one.
void TsScan::read_stamps(ByteView payload) {
  constexpr std::size_t kFlags = 7, kFirst = 9, kStamp = 5;
  constexpr std::int64_t kTurn = std::int64_t{1} << 33;
  if (payload.size() < kFirst + 2 * kStamp || payload[0] != 0 || payload[1] != 0 || payload[2] != 1)
    return;
  const int stamps = payload[kFlags] >> 6;
  if (!clock_ || stamps < 2) return;
  const auto at = payload.subspan(stamps == 3 ? kFirst + kStamp : kFirst);
  const std::int64_t stamp = std::int64_t{at[0] & 0x0e} << 29 | at[1] << 22 | (at[2] & 0xfe) << 14 |
                             at[3] << 7 | at[4] >> 1;
  if (((*clock_ - stamp) % kTurn + kTurn) % kTurn - 1 < kTurn / 2 - 1 && stamp != *clock_)
    ++facts_.late;
}

void TsScan::read_pat(ByteView payload) {
  constexpr std::size_t kHead = 8, kEntry = 4, kCheck = 4;
  const std::size_t section = 1u + payload[0];  // behind the pointer
  if (section + kHead > payload.size()) return;
  const ByteView table = payload.subspan(section);
  const std::size_t length = 3u + (static_cast<unsigned>(table[1] & 0x0f) << 8 | table[2]);
  const std::size_t end = std::min(length, table.size());
  pat_ = true;
  std::int64_t programs = 0;
  for (std::size_t at = kHead; at + kEntry + kCheck <= end; at += kEntry) {
    if ((table[at] << 8 | table[at + 1]) == 0) continue;
    pmt_pids_.insert((table[at + 2] & 0x1f) << 8 | table[at + 3]);
    ++programs;
  }
  facts_.programs = std::max(facts_.programs, programs);
}

std::optional<TsFacts> TsScan::facts() const {
  if (foreign_ || packets_ == 0) return {};
  return facts_;
}

}  // namespace weir::probe
