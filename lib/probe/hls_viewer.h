// A viewer of an HLS presentation: fetches, decodes and plays one variant and its sound.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "probe/adaptation.h"
#include "probe/decode_desk.h"
#include "probe/live_client.h"
#include "probe/live_session.h"
#include "probe/segment_cursor.h"
#include "probe/segment_decoder.h"
#include "probe/viewer.h"

namespace weir::probe {

/// Variants that a viewer can choose from, ascending by rate, and their sound.
struct ViewerOffer {
  struct Choice {
    std::size_t rendition = 0;  ///< Index in the presentation.
    std::int64_t bitrate = 0;   ///< BANDWIDTH.
    std::string name;
  };
  std::vector<Choice> choices;
  std::optional<std::size_t> sound;  ///< A rendition of its own.
};
/// Of one audio group: that of the first variant that can be played. Empty without one.
ViewerOffer viewer_offer(const Presentation& presentation);

/// Begins with the lowest rate, at the distance from the end that the playlist asks for, and goes
/// by adapt() from segment to segment. Encrypted media is not played. Memory     One piece of each
/// kind in flight, at most kMostPiece bytes; what is decoded is not
///            kept. Nothing is fetched while kMostAhead is buffered.
/// Threads    All on the loop, but for decoding, which is done at the desk.
class HlsViewer {
 public:
  static constexpr std::size_t kMostPiece = 128 << 20;
  static constexpr std::int64_t kMostAhead = 30'000'000;

  /// Borrows all of them.
  HlsViewer(const ViewerOffer& offer, LiveSession& session, boost::asio::io_context& loop,
            boost::asio::ssl::context& tls, DecodeDesk& desk, const Clock& clock,
            LiveClient::Now now);

  void start();
  /// Plays on; often, for what is measured along the way.
  void tick();
  /// Played to its end, or cannot go on.
  bool over() const;
  /// With the loop stopped and nobody at the desk.
  ViewerReport finish();

 private:
  /// Picture with whatever sound is in it, or sound alone.
  struct Lane {
    Lane(LiveClient fetching, bool is_sound, bool with_sound)
        : client(std::move(fetching)), sound(is_sound), decoder(nullptr, with_sound) {}
    LiveClient client;
    bool sound;
    SegmentDecoder decoder;
    std::size_t choice = 0;  // of the pictures
    std::optional<SegmentCursor> cursor;
    std::optional<hls::MapText> map;  // of `init`
    std::size_t map_of = 0;           // the rendition it is of
    std::shared_ptr<const Bytes> init;
    std::optional<std::int64_t> discontinuities;
    std::int64_t end_us = 0;  // on the player's axis
    bool anew = true;
    bool over = false;
  };

  boost::asio::awaitable<void> run(Lane& lane);
  boost::asio::awaitable<bool> step(Lane& lane);
  boost::asio::awaitable<bool> fetch(Lane& lane, const ViewerPiece& piece);
  boost::asio::awaitable<bool> fetch_init(Lane& lane, const ViewerPiece& piece);
  boost::asio::awaitable<LiveResponse> get(Lane& lane, const std::string& uri,
                                           std::optional<hls::ByteRange> range);
  LiveLane* source(const Lane& lane) const;
  bool begin(Lane& lane, const LivePlaylist& list);
  void choose(Lane& lane, const LivePlaylist& list);
  void show(Lane& lane, const ViewerPiece& piece, const SegmentSeen& seen);
  std::int64_t axis_offset(Lane& lane, const ViewerPiece& piece, std::int64_t start_us);
  void give_up(Lane& lane, std::string why);

  const ViewerOffer& offer_;
  LiveSession& session_;
  boost::asio::io_context& loop_;
  DecodeDesk& desk_;
  const Clock& clock_;
  LiveClient::Now now_;
  std::unique_ptr<Lane> picture_, sound_;
  std::optional<PlayerBuffer> player_;
  ThroughputEstimate throughput_;
  ViewerReport report_;
  // Stamps of the media to the player's axis, by discontinuities in front of it. With dates the
  // axis counts from the first of them.
  std::map<std::int64_t, std::int64_t> offsets_;
  std::optional<std::int64_t> origin_utc_us_;
  std::optional<std::int64_t> first_number_;
  std::optional<std::int64_t> first_date_us_;
};

}  // namespace weir::probe
