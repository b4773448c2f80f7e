#include "formats/ts_sections.h"

#include <algorithm>
#include <array>

extern "C" {
#include <libavutil/crc.h>
}

namespace weir::formats {
namespace {

constexpr std::size_t kPacket = 188;
constexpr std::uint8_t kSync = 0x47;
constexpr int kProgramsPid = 0;
constexpr std::uint8_t kProgramsTable = 0, kMapTable = 2;
constexpr std::size_t kChunk = 256 * kPacket;
constexpr std::size_t kMostWaiting = 1 << 20;  // behind the begin of a map whose end is missing

// Types of pictures and sounds: 13818-1 table 2-34, and those of ATSC and Blu-ray in use but for
// 0x86, which SCTE-35 has too.
constexpr std::array kMedia{0x01, 0x02, 0x03, 0x04, 0x0f, 0x10, 0x11, 0x1b, 0x24, 0x33,
                            0x42, 0x81, 0x82, 0x83, 0x84, 0x85, 0x87, 0xd1, 0xea};

bool is_media(int type) {
  return std::ranges::find(kMedia, type) != kMedia.end();
}

int u13(ByteView bytes, std::size_t at) {
  return (bytes[at] & 0x1f) << 8 | bytes[at + 1];
}
std::size_t u12(ByteView bytes, std::size_t at) {
  return static_cast<std::size_t>((bytes[at] & 0x0f) << 8 | bytes[at + 1]);
}

/// Where the payload begins, or kPacket.
std::size_t payload_of(ByteView packet) {
  const int control = packet[3] >> 4 & 3;
  if ((control & 1) == 0) return kPacket;
  return control == 3 ? std::min<std::size_t>(5 + std::size_t{packet[4]}, kPacket) : 4;
}

/// Whole, in force, and with a checksum that is right.
bool is_valid(ByteView section) {
  constexpr std::size_t kLeast = 12;
  const bool current = section.size() >= kLeast && (section[5] & 1) != 0;
  return current &&
         av_crc(av_crc_get_table(AV_CRC_32_IEEE), UINT32_MAX, section.data(), section.size()) == 0;
}

template <typename Set>
bool has_other(const Set& a, const Set& than) {
  return !std::ranges::includes(than, a);
}

}  // namespace

TsSections::TsSections(AVIOContext* from)
    : from_(from),
      io_(make_reader(this, &read, (from->seekable & AVIO_SEEKABLE_NORMAL) != 0 ? &seek : nullptr)),
      offset_(avio_tell(from)) {}

bool TsSections::next() {
  if (!border_ || readable() > 0) return false;
  border_.reset();
  open_.clear();
  scanned_ = 0;
  held_.insert(held_.begin(), association_.begin(), association_.end());
  scan();
  io_ = make_reader(this, &read, nullptr);
  return true;
}

int TsSections::read(void* opaque, std::uint8_t* to, int size) {
  auto& self = *static_cast<TsSections*>(opaque);
  while (self.readable() == 0) {
    if (self.border_ || self.ended_) return AVERROR_EOF;
    if (const int error = self.fill(); error < 0) return error;
  }
  const std::size_t count = std::min(static_cast<std::size_t>(size), self.readable());
  const auto end = self.held_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(self.held_.begin(), end, to);
  self.held_.erase(self.held_.begin(), end);
  self.offset_ += static_cast<std::int64_t>(count);
  self.scanned_ -= std::min(count, self.scanned_);
  return static_cast<int>(count);
}

std::int64_t TsSections::seek(void* opaque, std::int64_t offset, int whence) {
  auto& self = *static_cast<TsSections*>(opaque);
  if (whence == AVSEEK_SIZE) return avio_size(self.from_);
  const auto at = avio_seek(self.from_, offset, whence & ~AVSEEK_FORCE);
  if (at < 0) return at;
  self.held_.clear();
  self.open_.clear();
  self.known_.clear();
  self.border_.reset();
  self.scanned_ = 0;
  self.ended_ = false;
  return self.offset_ = at;
}

int TsSections::fill() {
  const std::size_t before = held_.size();
  held_.resize(before + kChunk);
  const int size = avio_read_partial(from_, held_.data() + before, static_cast<int>(kChunk));
  held_.resize(before + static_cast<std::size_t>(std::max(size, 0)));
  ended_ = size == AVERROR_EOF || size == 0;
  if (size < 0 && !ended_) return size;
  scan();
  return 0;
}

std::size_t TsSections::readable() const {
  if (border_) return static_cast<std::size_t>(*border_ - offset_);
  if (ended_) return held_.size();
  std::size_t out = scanned_;
  for (const auto& [pid, assembly] : open_)
    out = std::min(out, static_cast<std::size_t>(assembly.begin - offset_));
  return out;
}

void TsSections::scan() {
  while (!border_ && held_.size() - scanned_ >= kPacket) {
    const ByteView packet = ByteView(held_).subspan(scanned_, kPacket);
    const bool in_step = packet[0] == kSync;
    if (in_step) take(packet);
    scanned_ += in_step ? kPacket : 1;
  }
  if (!border_ && held_.size() > kMostWaiting && readable() == 0) open_.clear();
}

void TsSections::take(ByteView packet) {
  const int pid = u13(packet, 1);
  if (pid != kProgramsPid && !programs_.contains(pid)) return;
  const bool begins = (packet[1] & 0x40) != 0;
  std::size_t at = payload_of(packet);
  if (at >= kPacket) return;
  if (pid == kProgramsPid) association_.assign(packet.begin(), packet.end());
  const auto add = [&](std::size_t from, std::size_t to) {
    const ByteView part = packet.subspan(from, to - from);
    auto& bytes = open_.at(pid).bytes;
    bytes.insert(bytes.end(), part.begin(), part.end());
    take_sections(pid);
  };
  if (begins) {
    const std::size_t first = std::min<std::size_t>(at + 1 + packet[at], kPacket);
    if (open_.contains(pid)) add(at + 1, first);
    open_[pid] = {{}, offset_ + static_cast<std::int64_t>(scanned_)};
    at = first;
  }
  if (open_.contains(pid)) add(at, kPacket);
}

void TsSections::take_sections(int pid) {
  constexpr std::size_t kHeader = 3;
  constexpr std::uint8_t kStuffing = 0xff;
  auto open = open_.find(pid);
  while (open != open_.end()) {
    auto& bytes = open->second.bytes;
    const bool over = bytes.empty() || bytes[0] == kStuffing;
    if (over) {
      open_.erase(open);
      return;
    }
    const std::size_t size = bytes.size() < kHeader ? SIZE_MAX : kHeader + u12(bytes, 1);
    if (size > bytes.size()) return;
    const Bytes section(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto program = programs_.find(pid);
    if (!is_valid(section)) continue;
    if (pid == kProgramsPid && section[0] == kProgramsTable) take_programs(section);
    if (program != programs_.end() && section[0] == kMapTable)
      take_map(section, program->second, open->second.begin);
  }
}

// A stream of one program goes on in one of another number.
void TsSections::take_programs(ByteView section) {
  std::map<int, int> now;
  for (std::size_t at = 8; at + 8 <= section.size(); at += 4) {
    const int program = section[at] << 8 | section[at + 1];
    if (program != 0) now[u13(section, at + 2)] = program;
  }
  if (now.size() == 1 && known_.size() == 1 && now.begin()->second != known_.begin()->first) {
    auto node = known_.extract(known_.begin());
    node.key() = now.begin()->second;
    known_.insert(std::move(node));
  }
  programs_ = std::move(now);
}

void TsSections::take_map(ByteView section, int program, std::int64_t begin) {
  Streams now;
  const std::size_t end = section.size() - 4;
  for (std::size_t at = 12 + u12(section, 10); at + 5 <= end; at += 5 + u12(section, at + 3))
    if (is_media(section[at])) now.emplace(u13(section, at + 1), section[at]);
  auto& before = known_[program];
  if (has_other(before, now) && has_other(now, before)) border_ = begin;
  before = std::move(now);
}

}  // namespace weir::formats
