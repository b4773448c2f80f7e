// What the files of a presentation are called: safe to use as paths and as URIs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/track.h"
#include "publish/hls_options.h"

namespace weir::publish {

inline constexpr const char* kMasterPlaylist = "master.m3u8";
/// The highest number a segment may get; beyond it not even sums stay exact everywhere.
inline constexpr std::int64_t kLastNumber = std::int64_t{1} << 52;

/// "seg-00012.m4s"; of a part, "seg-00012.3.m4s".
std::string segment_file(std::int64_t number, std::string_view suffix);
std::string part_file(std::int64_t number, std::size_t part, std::string_view suffix);
/// The number in the name of a segment; empty when it is no such name.
std::optional<std::int64_t> segment_number(std::string_view name, std::string_view suffix);
/// "init.mp4", "init-1.mp4" and on.
std::string init_file(int number);
/// Its number; empty when it is no such name.
std::optional<int> init_number(std::string_view name);
/// "key-00012.key"; the number is that of the first segment it is for.
std::string key_file(std::int64_t number);

/// True for what rendition_folders() may give, and segment_suffix().
bool is_folder_name(std::string_view name);
bool is_segment_suffix(std::string_view suffix);

/// One name for each track, in their order, all different. The rendition's name, with every
/// character but letters, digits, '.', '_' and '-' replaced; without one the height of the picture
/// ("720p") or "audio". Names come from outside: none leads out of the folder, none is hidden.
std::vector<std::string> rendition_folders(const media::Tracks& tracks);

/// How the names of a track's segments end: "m4s", "ts", for packed audio its codec's ("aac"), for
/// text "vtt".
std::string_view segment_suffix(HlsOptions::Container container, const media::Track& track);

}  // namespace weir::publish
