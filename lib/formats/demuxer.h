// The common ground of both kinds of input: a libavformat demuxer that a stop can interrupt.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/units.h"
#include "formats/byte_io.h"
#include "formats/ts_sections.h"
#include "media/packet.h"

namespace weir::formats {

class Demuxer {
 public:
  /// Opens without reading ahead for stream parameters. Fails as Input::open() says.
  /// Opening and each read fail with kTimeout when they wait for longer than `patience`.
  static Result<std::unique_ptr<Demuxer>> open(const std::string& url, const StopSource* stop,
                                               std::optional<Micros> patience = {});

  /// The next packet with its time base; nullopt at the end; kStopped; kBadInput when the container
  /// breaks off.
  Result<std::optional<media::Packet>> read();

  /// At the end: true when a transport stream goes on with other pictures or sounds (TsSections).
  /// context() is another one then, with streams of its own. Fails as open() does.
  Result<bool> next_section();

  /// Bytes of the container itself, from where it stands; as many as are there, 0 at the end.
  Result<std::size_t> read_bytes(std::span<std::uint8_t> into);

  /// Samples an MP4's index names and its bytes do not hold, or hold in part; read()
  /// goes past them.
  std::int64_t missing() const { return missing_; }

  const AVFormatContext* context() const { return context_.get(); }
  AVFormatContext* context() { return context_.get(); }
  const std::string& name() const { return name_; }
  bool seekable() const;
  bool stopped() const { return stop_ != nullptr && stop_->requested(); }
  /// Turns an AVERROR into ours: "cannot <doing> '<name>': <reason>".
  Error error(int av_error, std::string_view doing) const;

 private:
  Demuxer(std::string name, const StopSource* stop, std::optional<Micros> patience)
      : name_(std::move(name)), stop_(stop), patience_(patience) {}
  static int interrupted(void* self);
  void begin_wait();
  Result<void> open_container(const char* url, const AVInputFormat* format, AVIOContext* io);
  Result<void> divide();
  bool is_mp4() const;
  bool samples_left() const;

  std::string name_;
  const StopSource* stop_;
  const std::optional<Micros> patience_;
  std::optional<std::chrono::nanoseconds> deadline_;  // of what is waited for; monotonic
  std::int64_t samples_ = 0;                          // read or missing
  std::int64_t missing_ = 0;
  bool late_ = false;              // it has passed
  std::optional<FdReader> stdin_;  // these outlive context_, which reads from them
  UrlIoPtr url_io_;
  std::optional<TsSections> sections_;
  media::InputPtr context_;
};

}  // namespace weir::formats
