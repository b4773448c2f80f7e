// Plays an input several times over, with stamps that go on.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "formats/input.h"

namespace weir::ingest {

/// Opens the input anew for each round and moves all its tracks by one offset. A round is as long
/// as its video (else its sound); where sound outlasts the video, the next round's sound begins as
/// much later into itself. The last round is cut short where all rounds together last long enough.
class LoopInput : public formats::Input {
 public:
  /// Opens the input to end after `most`, if that is given (formats::InputOptions::duration).
  using Opener = std::function<Result<std::unique_ptr<formats::Input>>(std::optional<Micros> most)>;

  /// `times` 0: for ever. `most`: the end in any case, after so much stream time.
  static Result<std::unique_ptr<formats::Input>> open(Opener opener, std::int64_t times,
                                                      std::optional<Micros> most = {});

  Result<std::optional<media::Item>> next() override;
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return name_; }
  bool seekable() const override { return false; }
  std::optional<Micros> duration() const override;
  std::string container() const override { return current_->container(); }
  bool has_events() const override { return current_->has_events(); }

 private:
  LoopInput(Opener opener, std::int64_t times, std::optional<Micros> most)
      : opener_(std::move(opener)), times_(times), most_(most) {}
  bool last_round() const { return times_ != 0 && round_ + 1 >= times_; }
  void measure(const media::Packet& packet);
  void move(media::Item& item) const;
  bool surplus(const media::Item& item);
  bool reached_most() const { return left_ && *left_ <= Micros(0); }
  Result<void> begin_round();

  Opener opener_;
  std::int64_t times_;
  std::optional<Micros> most_, left_;  // in all; for the next round
  std::int64_t round_ = 0;
  std::unique_ptr<formats::Input> current_;
  media::Tracks tracks_;
  std::string name_;
  const media::Track* leader_ = nullptr;  // the track that says how long a round is
  std::optional<media::Time> begin_;      // first and last pts of the leader, before moving
  media::Time end_;
  std::map<int, media::Time> ends_;  // of each track so far, as handed out
  media::Time length_{0, {1, 1}};    // of a round, once the first is over
};

}  // namespace weir::ingest
