#include "ladder/profile.h"

#include <algorithm>

#include "ladder/crc32.h"

namespace weir::ladder {
namespace {

constexpr std::size_t kHeadBytes = 64;

std::uint32_t add_to_fingerprint(const media::Packet& packet, std::uint32_t before) {
  const ByteView bytes = packet.bytes();
  Bytes facts;
  ByteWriter out(facts);
  out.u64(static_cast<std::uint64_t>(packet.pts().ticks));
  out.u32(bytes.size());
  out.u32(crc32(bytes.first(std::min(bytes.size(), kHeadBytes))));
  return crc32(facts, before);
}

}  // namespace

void Profile::note(const media::Packet& packet) {
  const media::Time pts = packet.pts();
  const media::Time end{pts.ticks + packet.duration().ticks, pts.base};
  if (packets_.empty()) {
    base_ = pts.base;
    begin_ = last_ = pts;
    end_ = end;
  }
  begin_ = std::min(begin_, pts);
  if (pts >= last_) {
    last_ = pts;
    end_ = end;
  }
  packets_.push_back({pts.in(base_), packet.raw()->size});
  fingerprint_ = add_to_fingerprint(packet, fingerprint_);
}

void Profile::finish() {
  std::ranges::stable_sort(packets_, {}, &Entry::pts);
  before_.assign(1, 0);
  for (const auto& packet : packets_) before_.push_back(before_.back() + packet.bytes);
}

std::int64_t Profile::bytes_before(media::Time time) const {
  const auto at = std::ranges::lower_bound(packets_, time, std::less<>(), [&](const Entry& entry) {
    return media::Time{entry.pts, base_};
  });
  return before_[static_cast<std::size_t>(at - packets_.begin())];
}

double Profile::bits(media::Time from, media::Time to) const {
  if (packets_.empty() || to <= from) return 0;
  return 8.0 * static_cast<double>(bytes_before(to) - bytes_before(from));
}

Result<Profile> scan(flow::Source<media::Item>& source, int track) {
  Profile profile;
  while (true) {
    auto item = source.next();
    if (!item && item.error().code != Code::kBadInput) return fail(std::move(item).error());
    if (!item || !*item) break;
    const auto* packet = std::get_if<media::Packet>(&**item);
    if (packet != nullptr && packet->track() == track) profile.note(*packet);
  }
  profile.finish();
  return profile;
}

}  // namespace weir::ladder
