// For each rule that is decided, the smallest input that breaks it and nothing else, and one beside
// it that keeps it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "probe/presentation.h"
#include "probe/rules.h"

namespace weir::probe {

struct RulePair {
  std::string rule;
  std::function<std::vector<Finding>()> broken;
  std::function<std::vector<Finding>()> kept;
  std::set<std::string> with = {};  ///< What cannot but be broken with it.
};

std::vector<RulePair> playlist_pairs();   ///< Playlists alone.
std::vector<RulePair> variant_pairs();    ///< Multivariant playlists alone.
std::vector<RulePair> latency_pairs();    ///< Live and low-latency playlists alone.
std::vector<RulePair> media_pairs();      ///< With segments.
std::vector<RulePair> container_pairs();  ///< With segments, for what they are made of.
std::vector<RulePair> stream_pairs();     ///< What is no playlist.
std::vector<RulePair> delivery_pairs();   ///< What servers say around the bytes.
std::vector<RulePair> insert_pairs();     ///< What interstitials put in.
std::vector<RulePair> watch_pairs();      ///< Live playlists, read again and again.

/// A change of a file of the playlists below: everything, a line more, or a text for another.
struct Edit {
  std::string file;
  std::string from;  ///< "*": all; empty: `to` is a line in front of the first segment or variant.
  std::string to;
  int times = 1;  ///< How many of the first `from` are replaced.
};

/// Writes the playlists, edits them, and gives what a platform minds, by default the web. Remarks
/// are left out unless they are of `rule`.
std::vector<Finding> check_playlists(const std::string& rule, const std::vector<Edit>& edits,
                                     const std::string& main = "main.m3u8",
                                     const std::string& platform = "web");

/// The same of what was read, for the web.
std::vector<Finding> findings_of(const Presentation& presentation, const std::string& rule,
                                 const std::string& platform = "web");

/// Both of one kind of playlist.
inline RulePair text_pair(const std::string& rule, const std::vector<Edit>& broken,
                          const std::vector<Edit>& kept = {}, const std::string& platform = "web",
                          const std::string& main = "main.m3u8") {
  return {rule, [=] { return check_playlists(rule, broken, main, platform); },
          [=] { return check_playlists(rule, kept, main, platform); }};
}

}  // namespace weir::probe
