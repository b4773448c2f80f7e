#include "probe/fetch.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "hls/uri.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kTimeoutUs = 20'000'000;

int interrupted(void* stop) {
  return stop != nullptr && static_cast<const StopSource*>(stop)->requested() ? 1 : 0;
}

struct Dictionary {
  AVDictionary* raw = nullptr;
  ~Dictionary() { av_dict_free(&raw); }
};

std::string reason(int error) {
  if (error == AVERROR(ENOENT) || error == AVERROR_HTTP_NOT_FOUND) return "no such file";
  return media::av_error_text(error);
}

}  // namespace

Result<Resource> Fetcher::open(const std::string& location,
                               std::optional<hls::ByteRange> range) const {
  const std::string scheme = hls::uri_scheme(location);
  const bool network = scheme == "http" || scheme == "https";
  if (!network && location.find("://") != std::string::npos)
    return fail(Code::kUnsupported, "cannot open '{}': only files, http and https", location);
  std::error_code ignored;
  if (!network && std::filesystem::is_directory(location, ignored))
    return fail(Code::kIo, "cannot open '{}': it is a folder", location);
  Dictionary options;
  av_dict_set(&options.raw, "protocol_whitelist", network ? "http,https,tcp,tls,httpproxy" : "file",
              0);
  if (network) av_dict_set_int(&options.raw, "rw_timeout", kTimeoutUs, 0);
  if (network && range) {
    av_dict_set_int(&options.raw, "offset", range->offset, 0);
    av_dict_set_int(&options.raw, "end_offset", range->offset + range->length, 0);
  }
  const AVIOInterruptCB callback{&interrupted, const_cast<StopSource*>(stop_)};
  AVIOContext* io = nullptr;
  const std::string url = network ? location : "file:" + location;
  const int error = avio_open2(&io, url.c_str(), AVIO_FLAG_READ, &callback, &options.raw);
  if (interrupted(const_cast<StopSource*>(stop_)) != 0) {
    avio_closep(&io);
    return fail(Code::kStopped, "stopped");
  }
  if (error < 0) return fail(Code::kIo, "cannot open '{}': {}", location, reason(error));
  Resource out;
  out.location_ = location;
  out.stop_ = stop_;
  out.io_.reset(io);
  if (!range) return out;
  out.length_ = range->length;
  if (!network && avio_seek(io, range->offset, SEEK_SET) < 0)
    return fail(Code::kBadInput, "cannot read '{}': it has no byte {}", location, range->offset);
  return out;
}

Resource Resource::of(ByteView bytes) {
  Resource out;
  out.memory_ = bytes;
  return out;
}

Result<std::size_t> Resource::read(std::span<std::uint8_t> to) {
  if (!io_) {
    const auto rest = memory_.subspan(static_cast<std::size_t>(position_));
    const std::size_t part = std::min(rest.size(), to.size());
    std::copy_n(rest.begin(), part, to.begin());
    position_ += static_cast<std::int64_t>(part);
    return part;
  }
  if (length_)
    to = to.first(static_cast<std::size_t>(
        std::min<std::int64_t>(std::int64_t(to.size()), *length_ - position_)));
  if (to.empty()) return std::size_t{0};
  const int size = static_cast<int>(std::min<std::size_t>(to.size(), 1 << 20));
  const int got = avio_read_partial(io_.get(), to.data(), size);
  if (interrupted(const_cast<StopSource*>(stop_)) != 0) return fail(Code::kStopped, "stopped");
  if (got < 0 && got != AVERROR_EOF)
    return fail(Code::kIo, "cannot read '{}': {}", location_, reason(got));
  if (got <= 0 && length_)
    return fail(Code::kBadInput, "cannot read '{}': it ends {} bytes before its byte range does",
                location_, *length_ - position_);
  position_ += std::max(got, 0);
  return static_cast<std::size_t>(std::max(got, 0));
}

Result<Bytes> Fetcher::whole(const std::string& location, std::optional<hls::ByteRange> range,
                             std::int64_t limit) const {
  WEIR_TRY_ASSIGN(Resource resource, open(location, range));
  Bytes out;
  std::array<std::uint8_t, 65536> block;
  while (true) {
    WEIR_TRY_ASSIGN(const std::size_t got, resource.read(block));
    if (got == 0) return out;
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
    if (std::int64_t(out.size()) > limit)
      return fail(Code::kRefused, "cannot read '{}': it has more than {} bytes", location, limit);
  }
}

Result<std::string> locate(const std::string& base, const std::string& reference) {
  const auto network = [](const std::string& location) {
    return hls::uri_scheme(location).starts_with("http");
  };
  std::string location = hls::resolve_uri(base, reference);
  if (network(base) && !network(location))
    return fail(Code::kRefused, "'{}' is not followed: a playlist from the network names a file",
                reference);
  return location;
}

bool is_playlist(const Fetcher& fetcher, const std::string& location) {
  constexpr std::string_view kMark = "#EXTM3U";
  std::error_code ignored;
  const bool network = !hls::uri_scheme(location).empty();
  if (location == "-" || (!network && !std::filesystem::is_regular_file(location, ignored)))
    return false;
  auto resource = fetcher.open(location, {});
  std::array<std::uint8_t, 10> head{};
  std::size_t have = 0;
  while (resource && have < head.size()) {
    auto got = resource->read(std::span(head).subspan(have));
    if (!got || *got == 0) break;
    have += *got;
  }
  std::string_view text = as_text(std::span(head).first(have));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text.starts_with(kMark);
}

}  // namespace weir::probe
