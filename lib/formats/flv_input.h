// An FLV that is read by our own demuxer: a file, a pipe or an HTTP stream.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "flv/tag.h"
#include "formats/demuxer.h"
#include "formats/flv_stream.h"
#include "formats/input.h"

namespace weir::formats {

/// libavformat finds out that it is an FLV and reads the bytes; the tags are read here.
///
/// Cut off    A file that ends within a tag gives all its whole tags and then kBadInput, which says
///            what is missing; so does one that is damaged in the middle: what is no tag is left
///            out.
/// Start      Looks through the tags from the front for the last key frame; pipes can do so too.
class FlvInput : public Input {
 public:
  /// True for containers this class reads.
  static bool reads(const Demuxer& demuxer);
  static Result<std::unique_ptr<Input>> open(std::unique_ptr<Demuxer> demuxer,
                                             const InputOptions& options);

  Result<std::optional<media::Item>> next() override;
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return demuxer_->name(); }
  bool seekable() const override { return demuxer_->seekable(); }
  std::optional<Micros> duration() const override;
  std::string container() const override { return "flv"; }
  bool has_events() const override { return false; }

 private:
  FlvInput(std::unique_ptr<Demuxer> demuxer, const InputOptions& options);
  Result<std::optional<flv::TagView>> next_tag();
  Result<bool> read_more();
  Result<void> open_tracks();
  Result<void> read_ahead();
  void fix_shift();
  Result<void> start_at(Micros start);
  void take();
  bool all_seen() const;
  bool beyond_end(const media::Item& item);
  std::pair<media::Time, media::Time> first_stamps() const;
  Result<void> check_complete() const;

  std::unique_ptr<Demuxer> demuxer_;
  InputOptions options_;
  flv::TagReader reader_;
  FlvStream stream_;
  media::Tracks tracks_;
  std::deque<media::Item> ready_;
  std::vector<bool> seen_;            // of the tracks: gave a packet
  std::vector<bool> over_;            // of the tracks: reached the end that was asked for
  media::Time shift_;                 // added to every stamp
  std::optional<media::Time> limit_;  // stamps at or after it are not handed out
  std::vector<flv::Tag> first_tags_;  // those behind the tracks, for a start further on
  std::optional<Error> broken_;       // why the tags end
  std::int64_t length_ms_ = 0;        // the last stamp of a file; 0 when not known
  bool damaged_ = false;              // looking for the next whole tag
  bool finished_ = false;
};

}  // namespace weir::formats
