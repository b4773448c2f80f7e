// The whole work of probe(1): read an input or a presentation, check it, and say so in two ways.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/units.h"
#include "probe/selection.h"

namespace weir::probe {

struct ProbeOptions {
  std::string input = "-";  ///< File, URL, "-" for standard input, or a playlist.
  bool check = false;       ///< Run the rules over media too; a playlist is always checked.
  bool strict = false;      ///< "should" findings fail as well.
  bool measure = false;     ///< Decode media too: loudness, black, frozen and silent stretches.
  bool html = false;        ///< Make a page of it too.
  std::string compare{};    ///< Compare the input with this reference instead.
  Micros watch{};           ///< Watch a live stream for so long instead; 0: do not.
  std::string pictures{};   ///< A folder for the worst pictures of that; empty: they are not kept.
  bool play = false;        ///< Show the input in a window instead.
  std::string repair;       ///< Write all whole packets of the input to this file instead.
  std::string like{};       ///< A whole file for that, where the input lost its index.
  bool media = true;        ///< Fetch what playlists name besides playlists.
  SelectionOptions rules;
};

struct Outcome {
  std::string text;          ///< For people; ends with a newline.
  boost::json::object json;  ///< For machines.
  std::string junit;         ///< The findings as JUnit; empty when nothing was checked.
  Result<void> verdict;      ///< kBadInput: damaged; kRefused: a check failed.
  std::string html{};        ///< The page; empty when none was asked for.
};

/// Blocks until the input is read. kUsage for rules and platforms that there are not. Else fails
/// when there is nothing to report: the input cannot be opened, or a stop came before the end of a
/// playlist.
Result<Outcome> run_probe(const ProbeOptions& options, const StopSource& stop, Log& log,
                          Progress& progress);

}  // namespace weir::probe
