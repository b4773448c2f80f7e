#include "probe/presentation.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <tbb/parallel_for.h>

#include "hls/uri.h"
#include "media/codec_string.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kMaxPlaylist = std::int64_t{64} << 20;
constexpr std::int64_t kMaxInit = std::int64_t{16} << 20;

// What a segment of fMP4 begins with.
bool fragment_box(std::string_view type) {
  for (const char* box : {"styp", "moof", "ftyp", "sidx", "emsg", "prft"})
    if (type == box) return true;
  return false;
}

struct Fetched : hls::PlaylistText {
  std::vector<hls::Line> lines;
};

Result<Fetched> fetch_playlist(const std::string& location, const Fetcher& fetcher) {
  WEIR_TRY_ASSIGN(const Bytes bytes, fetcher.whole(location, {}, kMaxPlaylist));
  const std::string_view text = as_text(bytes);
  auto playlist = hls::read_playlist(text);
  if (!playlist) return fail(std::move(playlist).error().within(fmt::format("'{}'", location)));
  WEIR_TRY_ASSIGN(hls::TagText tags, hls::read_tags(text));
  return Fetched{std::move(*playlist), std::move(tags.lines)};
}

/// Told by several readers at once.
class SharedProgress {
 public:
  SharedProgress(Progress& progress, std::int64_t total_us) : progress_(progress) {
    done_.total_us = total_us;
  }
  void add(std::int64_t media_us) {
    const std::lock_guard lock(mutex_);
    done_.media_us += media_us;
    progress_.update(done_);
  }

 private:
  std::mutex mutex_;
  Progress& progress_;
  ProgressReport done_;
};

/// Measures the media of one rendition, segment after segment.
class MediaReader {
 public:
  MediaReader(Rendition& rendition, const Fetcher& fetcher, std::int64_t near_us)
      : rendition_(rendition), fetcher_(fetcher), reader_(fetcher) {
    reader_.near(near_us);
  }
  Result<void> read(SharedProgress& progress);

 private:
  Result<void> read_segment(const hls::SegmentText& text, SegmentRead& out);
  Result<SegmentFacts> read_media(const SegmentSource& source, bool anew);
  void note_codecs(const media::Tracks& tracks);
  Result<const Bytes*> init(const hls::SegmentText& text);
  Result<SegmentFacts> read_bytes(const SegmentSource& source);
  void measure(const media::Packet& packet, media::Kind kind, bool idr);
  void sniff(const SegmentSource& source);
  void scan_encrypted(const hls::SegmentText& text);
  void finish();

  Rendition& rendition_;
  const Fetcher& fetcher_;
  SegmentReader reader_;
  int init_map_ = -1;
  Bytes init_;
  std::optional<TrackMeter> video_;
  std::optional<TrackMeter> audio_;
};

Result<void> MediaReader::read(SharedProgress& progress) {
  rendition_.segments.resize(rendition_.text.segments.size());
  for (std::size_t i = 0; i < rendition_.segments.size(); ++i) {
    const auto& text = rendition_.text.segments[i];
    WEIR_TRY(read_segment(text, rendition_.segments[i]));
    progress.add(text.duration_us);
  }
  finish();
  return {};
}

Result<void> MediaReader::read_segment(const hls::SegmentText& text, SegmentRead& out) {
  // Of encrypted media only its initialization section is clear; who cannot have it is told by the
  // segments that are not encrypted.
  if (text.encrypted && !text.gap) {
    const auto clear = init(text);
    if (!clear && clear.error().code == Code::kStopped) return fail(clear.error());
    if (clear && *clear != nullptr && !rendition_.encrypted) scan_encrypted(text);
  }
  if (text.gap || text.encrypted) return {};
  SegmentSource source;
  auto facts = [&]() -> Result<SegmentFacts> {
    WEIR_TRY_ASSIGN(source.location, locate(rendition_.location, text.uri));
    source.range = text.range;
    WEIR_TRY_ASSIGN(source.init, init(text));
    if (rendition_.role != Rendition::Role::kMain) return read_bytes(source);
    return read_media(source, text.discontinuity);
  }();
  if (!facts && facts.error().code == Code::kStopped) return fail(std::move(facts).error());
  if (!facts)
    out.failure = std::move(facts).error();
  else
    out.facts = std::move(*facts);
  return {};
}

Result<const Bytes*> MediaReader::init(const hls::SegmentText& text) {
  if (text.map < 0) return nullptr;
  if (text.map == init_map_) return &init_;
  const auto& map = rendition_.text.maps[static_cast<std::size_t>(text.map)];
  WEIR_TRY_ASSIGN(const std::string location, locate(rendition_.location, map.uri));
  WEIR_TRY_ASSIGN(init_, fetcher_.whole(location, map.range, kMaxInit));
  init_map_ = text.map;
  if (rendition_.role == Rendition::Role::kMain) rendition_.inits.push_back(read_init(init_));
  return &init_;
}

Result<SegmentFacts> MediaReader::read_media(const SegmentSource& source, bool anew) {
  media::Tracks others;
  media::Tracks* tracks = anew ? &others : nullptr;
  if (rendition_.tracks.empty()) tracks = &rendition_.tracks;
  auto facts =
      reader_.read(source, tracks, [this](const media::Packet& packet, media::Kind kind, bool idr) {
        measure(packet, kind, idr);
      });
  if (tracks != nullptr) note_codecs(*tracks);
  if (source.init == nullptr && (!facts || facts->fragmented)) sniff(source);
  if (facts) rendition_.idrs.insert(rendition_.idrs.end(), facts->idrs.begin(), facts->idrs.end());
  return facts;
}

// I-frame ranges are only fetched, and of subtitles only the begin is looked at.
Result<SegmentFacts> MediaReader::read_bytes(const SegmentSource& source) {
  WEIR_TRY_ASSIGN(Resource resource, fetcher_.open(source.location, source.range));
  std::array<std::uint8_t, 65536> block;
  SegmentFacts facts;
  Bytes begin;
  std::size_t got = 1;
  while (got > 0) {
    WEIR_TRY_ASSIGN(got, resource.read(block));
    if (begin.size() < hls::kLongestWebvttHeader)
      begin.insert(begin.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
  }
  facts.webvtt = hls::webvtt_header(begin);
  constexpr std::size_t kBoxHead = 8;
  facts.fragmented = begin.size() >= kBoxHead && fragment_box(as_text(begin).substr(4, 4));
  facts.bytes = resource.bytes_read();
  return facts;
}

// What a moof is encrypted with as a whole is no box any more, and leaves no track fragments.
void MediaReader::scan_encrypted(const hls::SegmentText& text) {
  const auto location = locate(rendition_.location, text.uri);
  if (!location) return;
  auto resource = fetcher_.open(*location, text.range);
  FragmentScan scan;
  std::array<std::uint8_t, 65536> block;
  while (resource && scan.facts().tracks == 0 && resource->bytes_read() < kMaxInit) {
    const auto got = resource->read(block);
    if (!got || *got == 0) break;
    scan.feed(ByteView(block).first(*got));
  }
  rendition_.encrypted = scan.facts();
}

// ISO/IEC 14496-12 section 4.2: a box is its size, then its type.
void MediaReader::sniff(const SegmentSource& source) {
  auto head = fetcher_.open(source.location, source.range);
  std::array<std::uint8_t, 8> bytes{};
  if (!head || !head->read(bytes)) return;
  rendition_.needs_map = rendition_.needs_map || fragment_box(as_text(bytes).substr(4));
}

void MediaReader::measure(const media::Packet& packet, media::Kind kind, bool idr) {
  auto& meter = kind == media::Kind::kVideo ? video_ : audio_;
  if (!meter) {
    const auto* track = rendition_.track(kind);
    meter.emplace(kind, track != nullptr ? track->frame_rate : AVRational{0, 1});
  }
  meter->add(packet, idr);
}

void MediaReader::finish() {
  if (video_) rendition_.video = video_->finish();
  if (audio_) rendition_.audio = audio_->finish();
}

void MediaReader::note_codecs(const media::Tracks& tracks) {
  const bool first = &tracks == &rendition_.tracks;
  for (const auto& track : tracks) {
    auto entry = media::codec_string(track);
    if (!entry) continue;
    auto& to = first ? rendition_.codecs : rendition_.later_codecs;
    to.push_back(std::move(*entry));
  }
}

/// Reads the playlists, then the media.
class Loader {
 public:
  Loader(const Fetcher& fetcher, Progress& progress, LoadScope scope)
      : fetcher_(fetcher), progress_(progress), scope_(scope) {}
  Result<Presentation> load(const std::string& location);

 private:
  Result<void> load_renditions(const hls::MultivariantText& text);
  Result<int> rendition(const std::string& reference, Rendition::Role role);
  Result<void> load_media();

  const Fetcher& fetcher_;
  Progress& progress_;
  const LoadScope scope_;
  Presentation out_;
  std::map<std::string, int> known_;  // by location
};

Result<Presentation> Loader::load(const std::string& location) {
  out_.location = location;
  WEIR_TRY_ASSIGN(Fetched playlist, fetch_playlist(location, fetcher_));
  out_.lines = playlist.lines;
  if (const auto* text = playlist.multivariant()) {
    out_.multivariant = *text;
    out_.problems = std::move(playlist.problems);
    WEIR_TRY(load_renditions(*out_.multivariant));
  } else {
    Rendition lone;
    lone.location = lone.name = location;
    lone.text = *playlist.media();
    lone.lines = playlist.lines;
    lone.problems = std::move(playlist.problems);
    if (lone.text.iframes_only) lone.role = Rendition::Role::kIFrames;
    out_.renditions.push_back(std::move(lone));
  }
  if (scope_ == LoadScope::kEverything) WEIR_TRY(load_media());
  return std::move(out_);
}

Result<void> Loader::load_renditions(const hls::MultivariantText& text) {
  using Role = Rendition::Role;
  for (const auto& variant : text.variants) {
    WEIR_TRY_ASSIGN(const int index, rendition(variant.uri, Role::kMain));
    out_.variants.push_back(index);
  }
  for (const auto& media : text.media) {
    const auto role = media.type == "SUBTITLES" ? Role::kSubtitles : Role::kMain;
    int index = -1;
    if (!media.uri.empty()) {
      WEIR_TRY_ASSIGN(index, rendition(media.uri, role));
    }
    out_.media.push_back(index);
  }
  for (const auto& variant : text.iframe_variants) {
    WEIR_TRY_ASSIGN(const int index, rendition(variant.uri, Role::kIFrames));
    out_.iframe_variants.push_back(index);
  }
  return {};
}

Result<int> Loader::rendition(const std::string& reference, Rendition::Role role) {
  auto location = locate(out_.location, reference);
  const std::string key = location ? *location : reference;
  const auto [entry, fresh] = known_.try_emplace(key, static_cast<int>(out_.renditions.size()));
  if (!fresh) return entry->second;
  Rendition& made = out_.renditions.emplace_back();
  made.role = role;
  made.location = key;
  made.name = reference;
  auto playlist =
      location ? fetch_playlist(*location, fetcher_) : Result<Fetched>(fail(location.error()));
  if (!playlist && playlist.error().code == Code::kStopped) return fail(playlist.error());
  if (!playlist) {
    made.failure = std::move(playlist).error();
  } else if (const auto* media = playlist->media()) {
    made.text = *media;
    made.problems = std::move(playlist->problems);
    made.lines = std::move(playlist->lines);
  } else {
    made.failure = Error{Code::kBadInput, fmt::format("'{}' is not a media playlist", key)};
  }
  return entry->second;
}

// The first rendition with media decides which turn of the 33-bit clock all of them are on; the
// others are then read at the same time.
Result<void> Loader::load_media() {
  std::int64_t total = 0;
  std::vector<Rendition*> waiting;
  for (auto& rendition : out_.renditions) {
    total += rendition.text.duration_us();
    if (!rendition.failure) waiting.push_back(&rendition);
  }
  SharedProgress progress(progress_, total);
  std::size_t next = 0;
  std::int64_t near = 0;
  for (bool known = false; next < waiting.size() && !known; ++next) {
    Rendition& rendition = *waiting[next];
    WEIR_TRY(MediaReader(rendition, fetcher_, 0).read(progress));
    known = rendition.has_video() || rendition.has_audio();
    near = rendition.has_video() ? rendition.video.start_us : rendition.audio.start_us;
  }
  std::vector<Result<void>> results(waiting.size());
  tbb::parallel_for(next, waiting.size(), [&](std::size_t i) {
    results[i] = MediaReader(*waiting[i], fetcher_, near).read(progress);
  });
  for (auto& result : results) WEIR_TRY(std::move(result));
  return {};
}

}  // namespace

bool Rendition::all_read() const {
  return !segments.empty() && std::all_of(segments.begin(), segments.end(),
                                          [](const SegmentRead& s) { return s.facts.has_value(); });
}

const media::Track* Rendition::track(media::Kind kind) const {
  const auto found = std::find_if(tracks.begin(), tracks.end(),
                                  [&](const media::Track& track) { return track.kind == kind; });
  return found == tracks.end() ? nullptr : &*found;
}

std::int64_t Rendition::frame_us() const {
  for (const auto& segment : segments)
    if (segment.facts && segment.facts->main() != nullptr && segment.facts->main()->frame_us > 0)
      return segment.facts->main()->frame_us;
  return 0;
}

std::int64_t Rendition::bytes() const {
  std::int64_t sum = 0;
  for (const auto& segment : segments) sum += segment.facts ? segment.facts->bytes : 0;
  return sum;
}

std::vector<const Rendition*> Presentation::group(std::string_view type,
                                                  const std::string& group) const {
  std::vector<const Rendition*> out;
  if (!multivariant || group.empty()) return out;
  for (std::size_t i = 0; i < multivariant->media.size(); ++i) {
    const auto& entry = multivariant->media[i];
    if (entry.type == type && entry.group == group && media[i] >= 0)
      out.push_back(&renditions[static_cast<std::size_t>(media[i])]);
  }
  return out;
}

Result<Presentation> load_presentation(const std::string& location, const Fetcher& fetcher,
                                       Progress& progress, LoadScope scope) {
  return Loader(fetcher, progress, scope).load(location);
}

}  // namespace weir::probe
