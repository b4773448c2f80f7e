#include "flv/tag.h"

#include <algorithm>
#include <utility>

#include "flv/tag_header.h"

namespace weir::flv {
namespace {

constexpr std::size_t kTagHeader = kTagHeaderSize;
constexpr std::size_t kSizeField = kTagSizeField;
constexpr std::uint8_t kAudioFlag = 4;
constexpr std::uint8_t kVideoFlag = 1;
constexpr std::uint8_t kFilterFlag = 0x20;
constexpr std::uint32_t kMaxFileHeader = 1024;  // real ones are 9 bytes long

std::uint32_t number(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (const auto byte : bytes.subspan(at, size)) value = value << 8 | byte;
  return value;
}

bool known(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(TagType::kAudio) ||
         type == static_cast<std::uint8_t>(TagType::kVideo) ||
         type == static_cast<std::uint8_t>(TagType::kScript);
}

// The moment nearest to `near` whose lower 32 bits are `low`.
std::int64_t unwind(std::uint32_t low, std::int64_t near) {
  const auto step = static_cast<std::int32_t>(low - static_cast<std::uint32_t>(near));
  return near + step;
}

enum class Fit { kNo, kMore, kYes };

// Whether these bytes begin with a tag. One that is not there to its end may be none.
Fit fit_tag(ByteView in) {
  constexpr std::size_t kLikelyBody = 4 << 20;
  const auto header = read_tag_header(in);
  if (!header || !known(header->type) || header->stream != 0) return Fit::kNo;
  const std::size_t size = header->body;
  if (size > kLikelyBody) return Fit::kNo;
  if (in.size() < size + kTagOverhead) return Fit::kMore;
  const bool good = number(in, kTagHeader + size, kSizeField) == kTagHeader + size;
  return good ? Fit::kYes : Fit::kNo;
}

std::ptrdiff_t offset(std::size_t at) {
  return static_cast<std::ptrdiff_t>(at);
}

}  // namespace

void write_file_header(bool audio, bool video, ByteWriter& out) {
  out.text("FLV");
  out.u8(1);
  out.u8((audio ? kAudioFlag : 0u) | (video ? kVideoFlag : 0u));
  out.u32(kFileHeaderSize - kSizeField);
  out.u32(0);
}

Result<void> write_tag(const Tag& tag, ByteWriter& out) {
  if (tag.body.size() > kMaxBody)
    return fail(Code::kUnsupported, "a packet of {} bytes is too large for FLV, the limit is {}",
                tag.body.size(), kMaxBody);
  const auto time = static_cast<std::uint64_t>(tag.timestamp_ms);
  out.u8(static_cast<std::uint8_t>(tag.type));
  out.u24(tag.body.size());
  out.u24(time);
  out.u8(time >> 24);
  out.u24(0);  // stream id
  out.bytes(tag.body);
  out.u32(kTagHeader + tag.body.size());
  return {};
}

std::span<std::uint8_t> TagReader::space(std::size_t size) {
  if (at_ > 0)
    std::copy(buffer_.begin() + offset(at_), buffer_.begin() + offset(end_), buffer_.begin());
  taken_ += static_cast<std::int64_t>(at_);
  end_ -= std::exchange(at_, 0);
  if (buffer_.size() < end_ + size) buffer_.resize(end_ + size);
  return std::span(buffer_).subspan(end_, size);
}

void TagReader::feed(ByteView bytes) {
  std::ranges::copy(bytes, space(bytes.size()).begin());
  fed(bytes.size());
}

// True once the header and the size field behind it have been taken.
Result<bool> TagReader::read_file_header() {
  const ByteView in = rest();
  if (in.size() < kFileHeaderSize) return false;
  const std::uint32_t size = number(in, 5, 4);
  const bool good =
      in[0] == 'F' && in[1] == 'L' && in[2] == 'V' && size >= 9 && size < kMaxFileHeader;
  if (!good) return fail(Code::kBadInput, "this is not an FLV file");
  if (in.size() < size + kSizeField) return false;
  audio_ = (in[4] & kAudioFlag) != 0;
  video_ = (in[4] & kVideoFlag) != 0;
  at_ += size + kSizeField;
  started_ = true;
  return true;
}

bool TagReader::resync(bool end) {
  const ByteView in = rest();
  std::size_t at = 1;
  for (; at + kTagHeader <= in.size(); ++at) {
    const Fit fit = fit_tag(in.subspan(at));
    if (fit == Fit::kNo || (fit == Fit::kMore && end)) continue;
    if (fit == Fit::kMore) break;
    at_ += at;
    skipped_ += static_cast<std::int64_t>(at);
    ++breaks_;
    return true;
  }
  if (end || at == 1) return false;
  at_ += at - 1;  // so that the next search begins where this one stopped
  skipped_ += static_cast<std::int64_t>(at - 1);
  return false;
}

TagView TagReader::take_tag(ByteView tag, std::size_t size) {
  const TagHeader header = *read_tag_header(tag);
  last_ms_ = last_ms_ ? unwind(header.timestamp_ms, *last_ms_) : header.timestamp_ms;
  return {static_cast<TagType>(header.type), *last_ms_, tag.subspan(kTagHeader, size)};
}

Result<std::optional<TagView>> TagReader::next_view() {
  if (!started_) {
    WEIR_TRY_ASSIGN(const bool started, read_file_header());
    if (!started) return std::optional<TagView>();
  }
  while (const auto header = read_tag_header(rest())) {
    const ByteView in = rest();
    if ((header->type & kFilterFlag) != 0 && known(header->type & ~kFilterFlag))
      return fail(Code::kUnsupported, "the FLV file is encrypted");
    const std::size_t size = header->body;
    const std::size_t whole = size + kTagOverhead;
    if (in.size() < whole) break;
    if (number(in, whole - kSizeField, kSizeField) != kTagHeader + size)
      return fail(Code::kBadInput, "an FLV tag of {} bytes is not followed by its size", size);
    at_ += whole;
    if (known(header->type)) return std::optional<TagView>(take_tag(in, size));
  }
  return std::optional<TagView>();
}

Result<std::optional<Tag>> TagReader::next() {
  WEIR_TRY_ASSIGN(const auto view, next_view());
  return view ? std::optional(view->copy()) : std::nullopt;
}

}  // namespace weir::flv
