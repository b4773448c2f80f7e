// Packets in, an HLS presentation out: segments, media playlists and the multivariant playlist.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "flow/stage.h"
#include "flow/write_behind.h"
#include "hls/cut.h"
#include "hls/text_cut.h"
#include "media/event.h"
#include "media/track.h"
#include "publish/dash_manifest.h"
#include "publish/hls_captions.h"
#include "publish/hls_cues.h"
#include "publish/hls_images.h"
#include "publish/hls_keys.h"
#include "publish/hls_options.h"
#include "publish/hls_rendition.h"
#include "publish/hls_text.h"
#include "publish/hls_wall_time.h"

namespace weir::publish {

/// Names      master.m3u8, manifest.mpd; for each track a folder (rendition_folders()) with
/// index.m3u8. Order      Key, initialization section, segment, media playlist, multivariant
///            playlist, DASH manifest (if asked for). VOD: all playlists at the end. Live and
///            event: a rendition's playlist after each of its segments, the multivariant one once
///            every rendition has its first segment (or the quickest has kPatience of them and the
///            rest have not begun). With parts, from then on also after each of them; every
///            playlist says how far the others have come.
/// Time       EXT-X-TARGETDURATION is the same in all playlists and never changes. Program date
///            time: the option, else the stream's `anchor`, else, live and event only, the clock
///            when the first packet came.
/// Codecs     May change (media::change_event), behind a discontinuity and with another map.
/// Cues       SCTE-35 sections of `cue` events become date ranges in every media playlist
///            (HlsCues). They need dates: a VOD presentation with cues and no other anchor begins
///            with 1970, and that is said.
///            Interstitials of the options are date ranges too; the asset lists they need are put
///            before the first playlist.
/// Restart    Live and event, where the store can be read: with its first segment a run goes on
///            from one that was killed, in numbers, playlists and target duration, and marks it
///            with EXT-X-DISCONTINUITY; dates never go back. Where that cannot be (the renditions
///            are others, it had ended), a new presentation begins behind the numbers of the old
///            one, so that no name ever stands for other bytes. The state is kHlsStateFile.
/// End        EXT-X-ENDLIST on finish(). A stream cut off before its end mark gets none in live and
///            event mode, and finish() then fails with kBadInput; its files are finished all the
///            same.
/// Failure    The store's, kRefused in strict mode, kBadInput for what cannot be packaged. In VOD
///            mode what was written is removed again. finish() flushes the store.
/// Threads    VOD with several pictures: one for each rendition, which writes its segments some
///            megabytes behind; else none of its own. Blocks only as long as the store does.
class HlsPublisher : public flow::Sink<media::Item> {
 public:
  static constexpr std::int64_t kPatience = 3;

  /// `texts` become renditions of their own, cut where the pictures are. kBadInput without any
  /// other track; kUsage for options that contradict each other, or the failure of a key file;
  /// kUnsupported when the container cannot carry one of them.
  static Result<std::unique_ptr<HlsPublisher>> open(const media::Tracks& tracks,
                                                    const HlsOptions& options,
                                                    const HlsServices& services,
                                                    std::vector<HlsText> texts = {});

  Result<flow::Flow> push(media::Item item) override;
  Result<void> finish() override;

 private:
  HlsPublisher(const media::Tracks& tracks, const HlsOptions& options, const HlsServices& services,
               std::vector<hls::TextLane> texts);
  /// Where the cutter hands its segments on to.
  struct Segments : flow::Sink<hls::Segment> {
    explicit Segments(HlsPublisher& to) : publisher(to) {}
    Result<flow::Flow> push(hls::Segment segment) override {
      return publisher.take(std::move(segment));
    }
    Result<void> finish() override { return {}; }
    HlsPublisher& publisher;
  };
  struct Parts : flow::Sink<hls::Part> {
    explicit Parts(HlsPublisher& to) : publisher(to) {}
    Result<flow::Flow> push(hls::Part part) override { return publisher.take(std::move(part)); }
    Result<void> finish() override { return {}; }
    HlsPublisher& publisher;
  };
  /// A segment on its way into its rendition.
  struct Placed {
    HlsRendition& rendition;
    hls::Segment segment;
    Placement placement;
  };
  struct Writing : flow::Sink<Placed> {
    explicit Writing(HlsPublisher& to) : publisher(to) {}
    Result<flow::Flow> push(Placed placed) override {
      WEIR_TRY(publisher.write(placed));
      return flow::Flow::kMore;
    }
    Result<void> finish() override { return {}; }
    HlsPublisher& publisher;
  };
  void write_behind();
  Result<flow::Flow> take(hls::Segment segment);
  Result<flow::Flow> take(hls::Part part);
  Result<void> publish(hls::Segment segment);
  Result<void> publish(std::vector<hls::Segment> segments);
  Result<Placement> place(std::int64_t number, media::Time start);
  Result<void> hand_on(Placed placed);
  Result<void> write(const Placed& placed);

  void read_event(const media::Event& event);
  void note_arrival(const media::Packet& packet);
  void anchor_to_clock();
  Result<void> begin(media::Time start);
  Result<void> publish_live(HlsRendition& rendition);
  bool ready() const;
  bool is_stale() const;
  Result<void> write_playlist(HlsRendition& rendition, bool ended);
  Result<void> write_playlists(bool ended);
  void date_from_zero();
  Result<void> plan_interstitials();
  TextChoice text_of(const HlsRendition& rendition) const;
  Result<void> write_multivariant();
  Result<void> write_steering();
  Result<void> take_image(media::Packet tile);
  Result<void> begin_images();
  Result<void> tell_dash(const Placed& placed);
  Result<void> complete();
  void remove_all();
  void choose_target_duration();
  void warn_of_long(const HlsRendition& rendition);
  void report(media::Time reached);
  HlsRendition* find(int track);

  // An earlier run.
  Result<void> take_up_earlier_run(media::Time start);
  Result<void> remove_earlier_run(const EarlierRun& earlier, bool keep_ours);
  void date_after(const EarlierRun& earlier, media::Time start);
  bool resumes_with(std::int64_t number) const {
    return first_number_ > 0 && number == first_number_;
  }
  HlsState state() const;
  Result<void> write_state();

  bool vod() const { return options_.type == hls::MediaPlaylist::Type::kVod; }

  const HlsOptions options_;
  const HlsServices services_;
  const media::Tracks tracks_;
  std::unique_ptr<HlsKeys> keys_;
  std::vector<std::unique_ptr<HlsRendition>> renditions_;
  std::optional<DashManifest> dash_;
  std::mutex dash_mutex_;  // while renditions are written behind
  Segments segments_{*this};
  Parts parts_{*this};
  hls::Cutter cutter_;
  hls::TextCutter text_cutter_;
  std::map<int, TextChoice> texts_;  // by track
  HlsCaptions captions_;
  std::optional<HlsImages> images_;
  std::vector<media::Packet> early_images_;  // that came before the first segment
  WallTime wall_;
  HlsCues cues_;
  struct Arrival {
    media::Time at;
    std::int64_t utc_us;
  };
  std::optional<Arrival> first_;  // the first picture, or sound until there is one
  bool first_is_video_ = false;
  bool begun_ = false;
  bool live_ = false;  // the playlists are out
  bool told_long_ = false;
  std::size_t listed_ = 0;      // renditions in the multivariant playlist
  std::int64_t keys_seen_ = 0;  // when it was written
  std::size_t captions_seen_ = 0;
  std::int64_t target_duration_ = 0;
  std::int64_t first_number_ = 0;  // of this run
  bool continued_ = false;         // with the playlists of an earlier one
  bool keeps_state_ = false;
  std::optional<HlsState> written_;
  bool end_marked_ = false;
  bool failed_ = false;
  ProgressReport progress_;
  Writing writing_{*this};
  // One for each of renditions_, or none at all. Their threads use what stands above.
  std::vector<std::unique_ptr<flow::WriteBehind<Placed>>> behind_;
};

}  // namespace weir::publish
