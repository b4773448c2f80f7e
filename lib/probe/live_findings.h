// Findings of a presentation that is read again and again.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probe/rules.h"

namespace weir::probe {

class LiveFindings {
 public:
  void add(Finding finding) { list_.add(std::move(finding)); }
  /// What was said before of this playlist, in the same words, is not said again.
  void add_new(Finding finding) {
    if (said_.size() >= kMostSaid) return;
    if (said_.insert(std::string(finding.rule->id) + finding.uri + finding.message).second)
      list_.add(std::move(finding));
  }
  std::vector<Finding> take() { return list_.take(); }

 private:
  static constexpr std::size_t kMostSaid = 10'000;
  Findings list_;
  std::set<std::string> said_;
};

/// A playlist at a moment of the watch, to speak about.
struct LiveScene {
  LiveFindings& out;
  const std::string& uri;
  std::int64_t at_us = 0;  ///< Since the begin of the watch.

  void add(std::string_view rule, int line, boost::json::value measured, boost::json::value limit,
           std::string message) const {
    out.add({&find_rule(rule), uri, line, std::move(measured), std::move(limit), std::move(message),
             at_us});
  }
};

}  // namespace weir::probe
