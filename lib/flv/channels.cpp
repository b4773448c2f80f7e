#include "flv/channels.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "media/bit_reader.h"

namespace weir::flv {
namespace {

enum Order : unsigned { kUnspecified = 0, kNative = 1, kCustom = 2 };
constexpr unsigned kUnused = 0xfe;
constexpr unsigned kUnknown = 0xff;

// The first eighteen places have the numbers of libavutil; these are 18 to 23.
constexpr std::array kFurther{AV_CHAN_LOW_FREQUENCY_2,   AV_CHAN_TOP_SIDE_LEFT,
                              AV_CHAN_TOP_SIDE_RIGHT,    AV_CHAN_BOTTOM_FRONT_CENTER,
                              AV_CHAN_BOTTOM_FRONT_LEFT, AV_CHAN_BOTTOM_FRONT_RIGHT};
constexpr unsigned kFirstFurther = 18;

std::optional<unsigned> place_of(AVChannel channel) {
  const auto number = static_cast<unsigned>(channel);
  if (number < kFirstFurther) return number;
  const auto found = std::ranges::find(kFurther, channel);
  if (found == kFurther.end()) return {};
  return kFirstFurther + static_cast<unsigned>(found - kFurther.begin());
}

AVChannel channel_at(unsigned place) {
  if (place < kFirstFurther) return static_cast<AVChannel>(place);
  if (place < kFirstFurther + kFurther.size()) return kFurther[place - kFirstFurther];
  return place == kUnused ? AV_CHAN_UNUSED : AV_CHAN_UNKNOWN;
}

std::vector<std::optional<unsigned>> places_of(const AVChannelLayout& layout) {
  std::vector<std::optional<unsigned>> places;
  for (int i = 0; i < layout.nb_channels; ++i)
    places.push_back(
        place_of(av_channel_layout_channel_from_index(&layout, static_cast<unsigned>(i))));
  return places;
}

bool set_native(std::uint32_t flags, int count, ChannelLayout& layout) {
  std::uint64_t mask = 0;
  for (unsigned place = 0; place < kFirstFurther + kFurther.size(); ++place)
    if ((flags >> place & 1) != 0) mask |= std::uint64_t{1} << channel_at(place);
  if (std::popcount(mask) != count) return false;
  av_channel_layout_uninit(&layout);
  return av_channel_layout_from_mask(&layout, mask) == 0;
}

bool set_custom(ByteView places, ChannelLayout& layout) {
  const auto count = places.size();
  auto* map = static_cast<AVChannelCustom*>(av_calloc(count, sizeof(AVChannelCustom)));
  if (map == nullptr) return false;
  for (std::size_t i = 0; i < count; ++i) map[i].id = channel_at(places[i]);
  av_channel_layout_uninit(&layout);
  layout.order = AV_CHANNEL_ORDER_CUSTOM;
  layout.nb_channels = static_cast<int>(count);
  layout.u.map = map;
  return true;
}

}  // namespace

Bytes write_channels(const AVChannelLayout& layout) {
  Bytes body;
  ByteWriter out(body);
  const auto places = places_of(layout);
  const bool known = std::ranges::all_of(places, [](const auto& place) { return bool(place); });
  const bool native = layout.order == AV_CHANNEL_ORDER_NATIVE && known;
  const bool custom = layout.order == AV_CHANNEL_ORDER_CUSTOM;
  out.u8(native ? kNative : custom ? kCustom : kUnspecified);
  out.u8(static_cast<std::uint64_t>(layout.nb_channels));
  std::uint32_t flags = 0;
  for (const auto& place : places) flags |= 1u << place.value_or(31);
  if (native) out.u32(flags);
  for (const auto& place : places)
    if (custom) out.u8(place.value_or(kUnknown));
  return body;
}

bool read_channels(ByteView body, ChannelLayout& layout) {
  media::BitReader in(body);
  const auto order = static_cast<unsigned>(in.bits(8));
  const int count = in.number(8);
  if (!in.ok() || count == 0) return false;
  if (order == kNative) {
    const auto flags = static_cast<std::uint32_t>(in.bits(32));
    return in.ok() && set_native(flags, count, layout);
  }
  if (order == kCustom)
    return body.size() >= 2 + static_cast<std::size_t>(count) &&
           set_custom(body.subspan(2, static_cast<std::size_t>(count)), layout);
  av_channel_layout_uninit(&layout);
  layout.order = AV_CHANNEL_ORDER_UNSPEC;
  layout.nb_channels = count;
  return order == kUnspecified;
}

}  // namespace weir::flv
