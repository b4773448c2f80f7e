#include "media/dolby_vision.h"

#include <fmt/format.h>

namespace weir::media {
namespace {

constexpr std::size_t kRecord = 24;
constexpr int kHlg = 18;  // transfer characteristics

}  // namespace

Bytes to_record(const DolbyVision& c) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(static_cast<std::uint64_t>(c.version_major));
  writer.u8(static_cast<std::uint64_t>(c.version_minor));
  writer.u16(static_cast<std::uint64_t>(c.profile) << 9 | static_cast<std::uint64_t>(c.level) << 3 |
             (c.has_metadata ? 4 : 0) | (c.has_enhancement ? 2 : 0) | (c.has_base ? 1 : 0));
  writer.u8(static_cast<std::uint64_t>(c.compatibility) << 4);
  writer.zeros(kRecord - out.size());
  return out;
}

std::optional<DolbyVision> parse_dolby_vision(ByteView record) {
  if (record.size() < kRecord) return {};
  const int flags = record[2] << 8 | record[3];
  return DolbyVision{record[0],        record[1],        flags >> 9,       flags >> 3 & 0x3f,
                     (flags & 4) != 0, (flags & 2) != 0, (flags & 1) != 0, record[4] >> 4};
}

std::string box_type(const DolbyVision& c) {
  if (c.profile <= 7) return "dvcC";
  return c.profile <= 10 ? "dvvC" : "dvwC";
}

std::string codec_string(const DolbyVision& c, bool av1) {
  return fmt::format("{}.{:02}.{:02}", av1 ? "dav1" : "dvh1", c.profile, c.level);
}

std::string compatible_brand(const DolbyVision& c, int transfer) {
  switch (c.compatibility) {
    case 1:
      return "db1p";
    case 2:
      return "db2g";
    case 4:
      return transfer == kHlg ? "db4h" : "db4g";
    default:
      return "";
  }
}

}  // namespace weir::media
