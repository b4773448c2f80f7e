// Pairs of presentations with media: a sample, and what is changed in its folder.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "probe/check.h"
#include "probe/rule_pairs.h"
#include "probe/sample_presentation.h"

namespace weir::probe {

using support::SamplePresentation;
using Shape = SamplePresentation::Shape;
using Change = std::function<void(const SamplePresentation&)>;

inline std::vector<Finding> check_media_of(const std::string& rule, const std::string& location) {
  av_log_set_level(AV_LOG_QUIET);
  const Fetcher fetcher(nullptr);
  NullProgress progress;
  const auto presentation = load_presentation(location, fetcher, progress);
  EXPECT_TRUE(presentation) << presentation.error().what;
  // Of the rules that hold elsewhere than on the web, only the one that is asked about.
  auto findings = check_presentation(*presentation).findings;
  std::erase_if(findings, [&](const Finding& finding) {
    const bool other =
        (finding.rule->platforms & kWeb) == 0 || finding.rule->severity == Severity::kInfo;
    return other && finding.rule->id != rule;
  });
  return findings;
}

inline std::function<std::vector<Finding>()> of(const std::string& rule, const Shape& shape,
                                                const Change& change,
                                                const std::string& file = "main.m3u8") {
  return [=] {
    const SamplePresentation sample(shape);
    if (change) change(sample);
    return check_media_of(rule, sample.path(file));
  };
}

inline RulePair changed(const std::string& rule, const Change& broken, const Change& kept = {}) {
  return {rule, of(rule, {}, broken), of(rule, {}, kept)};
}

inline RulePair edit(const std::string& rule, const char* file, const char* from, const char* to) {
  return changed(rule, [=](const auto& s) { s.edit(file, from, to); });
}

// The first variant by itself.
inline RulePair lone(const std::string& rule, const Shape& shape, const Change& broken,
                     const Change& kept = {}) {
  const auto with = [](const Change& change) -> Change {
    return [=](const SamplePresentation& s) {
      s.edit("a.m3u8", "#EXT-X-TARGET", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGET");
      if (change) change(s);
    };
  };
  return {rule, of(rule, shape, with(broken), "a.m3u8"), of(rule, shape, with(kept), "a.m3u8")};
}

inline Shape one(SamplePresentation::Video video) {
  return Shape{.videos = {std::move(video)}};
}

inline void change_bytes(const SamplePresentation& s, const char* file,
                         const std::function<void(std::string&)>& change) {
  std::string bytes = s.read(file);
  change(bytes);
  s.write(file, bytes);
}

}  // namespace weir::probe
