// A publisher's tags, and a viewer that checks what it gets.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "edge/live_tag.h"
#include "edge/viewer.h"
#include "flv/body.h"
#include "flv/tag.h"

namespace weir::edge {

inline flv::Tag metadata() {
  return {flv::TagType::kScript, 0, to_bytes(std::string("\x02\x00\x0aonMetaData\x08", 14))};
}
inline flv::Tag video_header(std::uint8_t profile = 100) {
  return {flv::TagType::kVideo, 0,
          flv::video_configuration(flv::kAvcId, Bytes{1, profile, 0, 31, 0xff})};
}
inline flv::Tag audio_header() {
  return {flv::TagType::kAudio, 0, *flv::audio_configuration(flv::kAacId, Bytes{0x12, 0x10})};
}
inline flv::Tag picture(std::int64_t at_ms, bool key, std::size_t size = 100) {
  return {flv::TagType::kVideo, at_ms,
          flv::video_frame(flv::kAvcId, {.key = key}, Bytes(size, 0x55))};
}
inline flv::Tag sound(std::int64_t at_ms) {
  return {flv::TagType::kAudio, at_ms, flv::audio_frame(flv::kAacId, {}, Bytes(20, 0x66))};
}

/// Reads what a viewer is given, and fails the test at the first thing no player could follow.
class Watcher : public ViewerOwner {
 public:
  explicit Watcher(LiveStream& stream, bool eager = true)
      : viewer(std::make_unique<Viewer>(stream, *this, Form::kFlv, Via::kHttpFlv)), eager_(eager) {
    if (eager_) take();
  }

  void ready() override {
    ++calls;
    if (eager_) take();
  }
  void take() {
    while (take_one()) {
    }
  }
  bool take_one() {
    const auto piece = viewer->next();
    if (!piece) return false;
    pieces.push_back(*piece);
    reader_.feed(piece->bytes);
    while (true) {
      auto tag = reader_.next();
      EXPECT_TRUE(tag) << (tag ? "" : tag.error().what);
      if (!tag || !*tag) break;
      check(**tag);
    }
    EXPECT_EQ(reader_.pending(), 0U) << "a piece ends within a tag";
    return true;
  }

  std::unique_ptr<Viewer> viewer;
  std::vector<Piece> pieces;
  std::vector<flv::Tag> tags;
  std::vector<std::int64_t> pictures;  ///< Stamps.
  std::int64_t calls = 0;

 private:
  void check(const flv::Tag& tag) {
    const TagRole role = role_of(tag);
    if (role.use == TagUse::kHeader) {
      headers_.insert(tag.type);
    } else if (tag.type == flv::TagType::kVideo) {
      EXPECT_TRUE(headers_.contains(tag.type)) << "a picture in front of its header";
      EXPECT_TRUE(role.use == TagUse::kKey || !pictures.empty()) << "the first is no key frame";
      pictures.push_back(tag.timestamp_ms);
    }
    auto& last = last_[tag.type];
    if (tag.type != flv::TagType::kScript) {
      EXPECT_GE(tag.timestamp_ms, last);
    }
    last = tag.timestamp_ms;
    tags.push_back(tag);
  }

  flv::TagReader reader_;
  std::set<flv::TagType> headers_;
  std::map<flv::TagType, std::int64_t> last_;
  bool eager_;
};

}  // namespace weir::edge
