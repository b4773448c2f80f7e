// The keys of a presentation: where they come from, which segments they are for, how players find
// them. All renditions share them, so that segment n has the same key everywhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hls/content_key.h"
#include "hls/key_tag.h"
#include "media/time.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// A key and the stretch of the presentation it is for.
struct KeyPeriod {
  std::int64_t first = 0;  ///< Number of the first segment it is for.
  media::Time start;       ///< Of that segment.
  hls::ContentKey content;
  std::string file;                        ///< In the store; "" when it is not put there.
  hls::KeyTag session_tag;                 ///< As seen from the multivariant playlist.
  std::shared_ptr<const hls::KeyTag> tag;  ///< As seen from the playlists one folder below.

  bool for_samples() const { return tag->method == hls::KeyTag::Method::kSampleAes; }
  /// A whole segment as it is stored; `number` is its media sequence number.
  Bytes encrypt(ByteView clear, std::int64_t number) const;
};
using KeyPeriodPtr = std::shared_ptr<const KeyPeriod>;

/// Sources    A file, a command, or the random source. Commands get "{name}" and "{number}" in
///            their arguments replaced as in the URI.
/// Files      key-00000.key, with the number of the first segment it is for: private, 16 bytes, put
///            before any segment that needs it. Generated keys are always put; others only when no
///            URI says that players get them elsewhere.
/// IVs        Of whole segments: the media sequence number, so every segment has another one and
///            none needs a tag; or the one that came with the key. Of samples: told in the tag,
///            except where the key server gives it (FairPlay).
/// Failure    kIo, kTimeout when there is no key to be had, or no IV where one must come with it;
///            what the store says. Once a live or event presentation has a key, a source that fails
///            leaves that one in force, says so once, and is asked again at the next segment.
/// Waiting    For a command: at most 10 s; for another key of a live or event presentation, half a
///            segment.
class HlsKeys {
 public:
  /// Reads the key file, if there is one. check_encryption() comes before.
  static Result<std::unique_ptr<HlsKeys>> open(const HlsOptions& options,
                                               const HlsServices& services);

  /// The key of a segment, by its number and its start; null when it stays clear. The same for
  /// every segment of that number, and decided by the first that asks. `target` is the wanted
  /// length of a segment.
  Result<KeyPeriodPtr> of(std::int64_t number, media::Time start, Micros target);

  /// What the multivariant playlist should name: of VOD the first key, else the newest.
  std::optional<hls::KeyTag> session_tag() const;
  /// How many keys there were; a change of it makes the multivariant playlist stale.
  std::int64_t count() const { return count_; }

  /// Of an earlier run: the files of its keys stay until this time of the monotonic clock, at
  /// least. The next segment gets a key of its own. Before anything else.
  void take_up(const std::vector<std::int64_t>& firsts, std::chrono::nanoseconds until);
  /// First segments of the keys whose files are there.
  std::vector<std::int64_t> with_files() const;

  /// A segment has left a live playlist, and its files may go at this time of the monotonic clock.
  void left(std::int64_t number, std::chrono::nanoseconds files_go_at);
  /// Removes the files of keys that no segment needs any more.
  Result<void> remove_retired();
  /// Removes the files of all keys. VOD only.
  void remove_all();

 private:
  HlsKeys(const HlsOptions& options, const HlsServices& services)
      : options_(options), services_(services) {}
  struct Period {
    KeyPeriodPtr key;
    std::chrono::nanoseconds until{};  // segments of it may be asked for
  };
  /// False while all keys are those of an earlier run.
  bool any_of_ours() const { return !periods_.empty() && periods_.back().key->tag != nullptr; }
  std::size_t periods_before(std::int64_t number) const;
  Result<KeyPeriodPtr> find(std::int64_t number) const;
  bool clear(media::Time start, Micros slack) const;
  bool due(std::int64_t number, media::Time start, Micros slack) const;
  Result<void> forget_unused(std::int64_t number);
  Result<void> begin_period(std::int64_t number, media::Time start,
                            const hls::KeyMaterial& material);
  Result<hls::KeyMaterial> next_key(std::int64_t number, Micros target);
  Result<hls::KeyMaterial> ask_for_key(std::int64_t number, Micros target);
  bool can_go_on() const;
  hls::KeyTag tag_of(const hls::ContentKey& content, const hls::KeyMaterial& material,
                     const std::string& uri) const;

  const HlsOptions options_;
  const HlsServices services_;
  std::optional<hls::KeyMaterial> from_file_;
  std::deque<Period> periods_;
  std::optional<media::Time> origin_;  // of the presentation
  std::int64_t decided_ = 0;           // segments below this number
  std::int64_t left_ = -1;             // the highest number that left a playlist
  std::int64_t count_ = 0;
  bool told_failure_ = false;
};

}  // namespace weir::publish
