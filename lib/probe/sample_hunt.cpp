#include "probe/sample_hunt.h"

#include <algorithm>

#include "probe/aac_length.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kWindow = 4 << 20;
constexpr std::int64_t kMostUnit = 16 << 20;
constexpr std::int64_t kHead = 4 + 64;

/// Bytes of a file by place; forward is fast.
class FileWindow {
 public:
  explicit FileWindow(const std::string& path) : file_(path, std::ios::binary) {}
  bool open() const { return file_.is_open(); }
  /// As many of them as there are, valid until the next call; at most kWindow.
  ByteView at(std::int64_t place, std::int64_t size) {
    size = std::min(size, kWindow);
    if (place < begin_ || place + size > begin_ + std::int64_t(held_.size())) load(place);
    const auto from = std::min<std::int64_t>(place - begin_, std::int64_t(held_.size()));
    const auto have = std::min<std::int64_t>(size, std::int64_t(held_.size()) - from);
    return ByteView(held_).subspan(std::size_t(from), std::size_t(have));
  }

 private:
  void load(std::int64_t place) {
    begin_ = place;
    held_.resize(kWindow);
    file_.clear();
    file_.seekg(place);
    file_.read(reinterpret_cast<char*>(held_.data()), kWindow);
    held_.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file_.gcount())));
  }
  std::ifstream file_;
  Bytes held_;
  std::int64_t begin_ = 0;
};

std::int64_t length_at(ByteView bytes) {
  return std::int64_t{bytes[0]} << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

class Hunter {
 public:
  Hunter(FileWindow& file, std::optional<UnitReader> units, std::unique_ptr<AacLength> sound)
      : file_(file), units_(std::move(units)), sound_(std::move(sound)) {}

  Result<Hunt> run(const std::vector<Range>& media, const StopSource& stop) {
    for (const auto& range : media) {
      end_ = range.end;
      std::int64_t at = range.begin, known = range.begin;
      while (at < end_) {
        if (stop.requested()) return fail(Code::kStopped, "stopped");
        const auto sample = sample_at(at, at == known);
        if (!sample) {
          ++at;
          continue;
        }
        out_.unknown_bytes += at - known;
        at = known = sample->at + sample->size;
        out_.samples.push_back(*sample);
      }
      out_.tail_bytes += end_ - known;
    }
    return std::move(out_);
  }

 private:
  /// A sample that begins there. Sound is looked for only where a sample ended: nothing else tells
  /// where a frame of it begins.
  std::optional<FoundSample> sample_at(std::int64_t at, bool behind_another) {
    auto picture = picture_at(at);
    if (picture && (!sound_ || goes_on(at + picture->size))) return picture;
    if (!behind_another || !sound_) return {};
    const auto size = sound_->of(file_.at(at, std::min(end_ - at, sound_->longest())));
    return size ? std::optional(FoundSample{at, *size, false, {}}) : std::nullopt;
  }

  /// Whether bytes that were taken for a picture end where something else begins.
  bool goes_on(std::int64_t at) {
    if (at == end_ || unit_at(at)) return true;
    return sound_->of(file_.at(at, std::min(end_ - at, sound_->longest()))).has_value();
  }

  struct Unit {
    std::int64_t size = 0;  // with its length in front
    UnitHead head;
  };
  std::optional<Unit> unit_at(std::int64_t at) {
    if (!units_ || end_ - at < 6) return {};
    const ByteView bytes = file_.at(at, std::min(kHead, end_ - at));
    if (bytes.size() < 6) return {};
    const std::int64_t length = length_at(bytes);
    if (length < 2 || length > std::min(kMostUnit, end_ - at - 4)) return {};
    const auto head =
        units_->head(bytes.subspan(4, std::min(std::size_t(length), bytes.size() - 4)));
    return head ? std::optional(Unit{4 + length, *head}) : std::nullopt;
  }

  std::optional<FoundSample> picture_at(std::int64_t at) {
    using Kind = UnitHead::Kind;
    FoundSample out{at, 0, false, {}};
    while (const auto unit = unit_at(at + out.size)) {
      const Kind kind = unit->head.kind;
      const bool next = kind == Kind::kLead || kind == Kind::kPicture;
      if (out.picture ? next : !next) break;
      if (kind == Kind::kPicture) {
        out.picture = true;
        out.head = unit->head;
      }
      out.size += unit->size;
    }
    return out.picture ? std::optional(out) : std::nullopt;
  }

  FileWindow& file_;
  const std::optional<UnitReader> units_;
  const std::unique_ptr<AacLength> sound_;
  std::int64_t end_ = 0;
  Hunt out_;
};

}  // namespace

Result<Hunt> hunt_samples(const std::string& path, const std::vector<Range>& media,
                          const media::Track* video, const media::Track* audio,
                          const StopSource& stop) {
  std::optional<UnitReader> units;
  if (video != nullptr) {
    const ByteView sets(video->par->extradata, std::size_t(video->par->extradata_size));
    WEIR_TRY_ASSIGN(units, UnitReader::open(video->codec(), sets));
  }
  std::unique_ptr<AacLength> sound;
  if (audio != nullptr) {
    WEIR_TRY_ASSIGN(sound, AacLength::open(*audio));
  }
  FileWindow file(path);
  if (!file.open()) return fail(Code::kIo, "cannot read '{}'", path);
  return Hunter(file, std::move(units), std::move(sound)).run(media, stop);
}

}  // namespace weir::probe
