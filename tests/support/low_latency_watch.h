// Reads every version of the media playlists of a low-latency presentation and says what is wrong.
// Source: draft-pantos-hls-rfc8216bis sections 4.4.3.7 to 4.4.5.4 and 6.2.2.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hls/tag_reader.h"

namespace weir::support {

class LowLatencyWatch {
 public:
  /// Whether a file, named as seen from the playlist, is there now.
  using IsThere = std::function<bool(const std::string& uri)>;

  /// A new version of the playlist `name`, "FOLDER/index.m3u8". Its reports must be right as the
  /// other playlists are now.
  void see(const std::string& name, const std::string& text, const IsThere& is_there) {
    name_ = name;
    const auto tags = hls::read_tags(text);
    if (!tags) return say("no playlist");
    for (const auto& problem : tags->problems) say(problem.what);
    View view = read(*tags);
    check_header(view);
    check_parts(view, is_there);
    check_trailer(view);
    if (const auto before = views_.find(name); before != views_.end())
      check_change(before->second, view);
    views_[name] = std::move(view);
    ++seen;
  }

  std::vector<std::string> problems;
  int seen = 0;
  /// Parts that were in a playlist once, with their folder.
  std::set<std::string> parts;

 private:
  struct Part {
    std::string uri;
    std::int64_t us = 0;
    bool independent = false, gap = false;
  };
  struct Segment {
    std::string uri;
    std::int64_t us = 0;
    bool gap = false, dated = false;
    std::vector<Part> parts;
  };
  struct View {
    std::int64_t target = 0, sequence = 0, part_target = 0;
    std::string constant;  // what may never change
    hls::Attributes control;
    std::vector<Segment> segments;  // the last is the open one
    std::vector<std::string> hints;
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> reports;
    bool ended = false;

    /// Number of the last segment that has parts, and index of the last of them.
    std::pair<std::int64_t, std::int64_t> position() const {
      const bool open = !segments.back().parts.empty();
      const auto& last = open ? segments.back() : segments[segments.size() - 2];
      return {sequence + static_cast<std::int64_t>(segments.size()) - (open ? 1 : 2),
              static_cast<std::int64_t>(last.parts.size()) - 1};
    }
  };

  void say(const std::string& what) { problems.push_back(name_ + ": " + what); }
  void expect(bool good, const std::string& what) {
    if (!good) say(what);
  }

  View read(const hls::TagText& tags) {
    View view;
    view.segments.emplace_back();
    for (const auto& line : tags.lines) {
      Segment& open = view.segments.back();
      const auto& a = line.attributes;
      if (line.is_uri()) {
        open.uri = line.value;
        view.segments.emplace_back();
      } else if (line.tag == "EXTINF") {
        open.us = hls::parse_micros(line.value.substr(0, line.value.find(','))).value_or(0);
      } else if (line.tag == "EXT-X-GAP") {
        open.gap = true;
      } else if (line.tag == "EXT-X-PROGRAM-DATE-TIME" || line.tag == "EXT-X-DISCONTINUITY" ||
                 line.tag == "EXT-X-MAP" || line.tag == "EXT-X-KEY") {
        open.dated = open.dated || line.tag == "EXT-X-PROGRAM-DATE-TIME";
        expect(open.parts.empty(), line.tag + " behind the parts it is for");
      } else if (line.tag == "EXT-X-PART") {
        open.parts.push_back({a.text("URI").value_or(""), a.micros("DURATION").value_or(0),
                              a.yes("INDEPENDENT"), a.yes("GAP")});
      } else if (line.tag == "EXT-X-PRELOAD-HINT") {
        expect(a.text("TYPE") == "PART", "a hint that is for no part");
        view.hints.push_back(a.text("URI").value_or(""));
      } else if (line.tag == "EXT-X-RENDITION-REPORT") {
        const auto uri = a.text("URI").value_or("");
        expect(!view.reports.contains(uri), "two reports of " + uri);
        view.reports[uri] = {a.integer("LAST-MSN").value_or(-1),
                             a.integer("LAST-PART").value_or(-1)};
      } else {
        header(line, view);
      }
    }
    return view;
  }

  static void header(const hls::Line& line, View& view) {
    if (line.tag == "EXT-X-MEDIA-SEQUENCE") view.sequence = std::stoll(line.value);
    if (line.tag == "EXT-X-ENDLIST") view.ended = true;
    if (line.tag == "EXT-X-TARGETDURATION") view.target = std::stoll(line.value) * 1'000'000;
    if (line.tag == "EXT-X-SERVER-CONTROL") view.control = line.attributes;
    if (line.tag == "EXT-X-PART-INF")
      view.part_target = line.attributes.micros("PART-TARGET").value_or(0);
    for (const auto* tag : {"EXT-X-TARGETDURATION", "EXT-X-SERVER-CONTROL", "EXT-X-PART-INF"})
      if (line.tag == tag) view.constant += line.tag + line.value + "\n";
  }

  void check_header(const View& view) {
    if (constant_.empty()) constant_ = view.constant;
    expect(view.constant == constant_, "target, control or part target are not as they were");
    expect(view.control.yes("CAN-BLOCK-RELOAD"), "CAN-BLOCK-RELOAD is missing");
    expect(view.part_target > 0, "PART-TARGET is missing");
    expect(view.control.micros("PART-HOLD-BACK").value_or(0) >= 3 * view.part_target,
           "PART-HOLD-BACK is below three parts");
    expect(view.control.micros("HOLD-BACK").value_or(0) >= 3 * view.target,
           "HOLD-BACK is below three targets");
    const auto skip = view.control.micros("CAN-SKIP-UNTIL");
    expect(!skip || *skip >= 6 * view.target, "CAN-SKIP-UNTIL is below six targets");
  }

  void check_parts(const View& view, const IsThere& is_there) {
    std::int64_t after = 0;  // from a segment's end to that of the playlist
    for (auto segment = view.segments.rbegin(); segment != view.segments.rend(); ++segment) {
      const bool open = segment == view.segments.rbegin();
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < segment->parts.size(); ++i) {
        const Part& part = segment->parts[i];
        const Part* next = i + 1 < segment->parts.size() ? &segment->parts[i + 1] : nullptr;
        check_part(part, next, open, view);
        expect(part.gap || is_there(part.uri), part.uri + " is not there");
        parts.insert(name_.substr(0, name_.rfind('/') + 1) + part.uri);
        sum += part.us;
      }
      const bool near = after <= 3 * view.target;
      expect(near || segment->parts.empty(), "parts of old segment " + segment->uri);
      expect(open || !near || !segment->parts.empty(), "no parts of new segment " + segment->uri);
      expect(open || segment->parts.empty() || sum == segment->us,
             fmt::format("parts of {} last {} us, not {}", segment->uri, sum, segment->us));
      expect(segment->dated || (open && segment->parts.empty()), "no date: " + segment->uri);
      expect(open || segment->gap || is_there(segment->uri), segment->uri + " is not there");
      after += open ? sum : segment->us;
    }
  }

  // The exceptions of the draft, but for independent parts: ours need none.
  void check_part(const Part& part, const Part* next, bool open, const View& view) {
    expect(part.us <= view.part_target, part.uri + " is longer than PART-TARGET");
    const bool may_be_short = part.gap || (next == nullptr && !open) || (next && next->gap);
    const bool sure = next != nullptr || !open;  // the last one known may be the last of all
    expect(may_be_short || !sure || part.us * 100 >= view.part_target * 85,
           part.uri + " is shorter than 85 % of PART-TARGET");
  }

  void check_trailer(const View& view) {
    expect(view.hints.size() == (view.ended ? 0u : 1u), fmt::format("{} hints", view.hints.size()));
    for (const auto& [other, last] : views_) {
      if (other == name_) continue;
      const auto report = view.reports.find("../" + other);
      expect(report != view.reports.end() && report->second >= last.position(),
             "no right report of " + other);
    }
    expect(view.reports.size() + 1 >= views_.size(), "reports are missing");
  }

  void check_change(const View& before, const View& now) {
    expect(!before.ended, "changed after its end");
    expect(now.sequence >= before.sequence, "MEDIA-SEQUENCE went back");
    // What was hinted at is the first part that is new.
    const auto [number, index] = before.position();
    std::vector<std::string> fresh;
    for (std::size_t i = 0; i < now.segments.size(); ++i) {
      const auto n = now.sequence + static_cast<std::int64_t>(i);
      for (std::size_t k = 0; k < now.segments[i].parts.size(); ++k)
        if (std::pair(n, static_cast<std::int64_t>(k)) > std::pair(number, index))
          fresh.push_back(now.segments[i].parts[k].uri);
    }
    if (!fresh.empty())
      expect(fresh.front() == before.hints.front(),
             fmt::format("{} came where {} was hinted", fresh.front(), before.hints.front()));
  }

  std::string name_, constant_;
  std::map<std::string, View> views_;
};

}  // namespace weir::support
