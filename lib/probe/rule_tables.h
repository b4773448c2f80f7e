// The rules by where they come from; all_rules() puts them together.
#pragma once

#include <span>

#include "probe/rules.h"

namespace weir::probe {

std::span<const Rule> draft_rules();
std::span<const Rule> draft_more_rules();
std::span<const Rule> live_rules();
std::span<const Rule> general_video_rules();
std::span<const Rule> general_sound_rules();
std::span<const Rule> general_playlist_rules();
std::span<const Rule> general_delivery_rules();
std::span<const Rule> device_rules();
std::span<const Rule> weir_rules();

}  // namespace weir::probe
