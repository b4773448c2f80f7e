#include "base/gzip.h"

#include <zlib.h>

#include <array>
#include <new>

namespace weir {
namespace {

constexpr int kGzipWindow = 15 + 16;  // of 32 kB, with the header and trailer of gzip
constexpr int kMemory = 8;

std::string compressed(std::string_view name) {
  return std::string(name) + ".gz";
}

}  // namespace

// zlib fails for want of memory only, or when it is asked for nonsense.
Bytes gzip(ByteView bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  Bytes out(deflateBound(&stream, static_cast<uLong>(bytes.size())));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<Bytes> gunzip(ByteView bytes, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  Bytes out;
  std::array<std::uint8_t, 65536> part;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= most) {
    stream.next_out = part.data();
    stream.avail_out = static_cast<uInt>(part.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.insert(out.end(), part.begin(), part.end() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || stream.avail_in > 0 || out.size() > most)
    return fail(Code::kBadInput, "no gzip of at most {} bytes", most);
  return out;
}

Result<void> GzipStore::put(std::string_view name, ByteView bytes) {
  return below_.put(name, bytes);
}

Result<void> GzipStore::put_private(std::string_view name, ByteView bytes) {
  return below_.put_private(name, bytes);
}

Result<void> GzipStore::put_segment(std::string_view name, const Pieces& pieces, Micros duration) {
  return below_.put_segment(name, pieces, duration);
}

Result<void> GzipStore::put_listing(std::string_view name, Listing listing) {
  const std::string second = compressed(name);
  if (!is_on_) WEIR_TRY(remove_earlier(second));
  WEIR_TRY(below_.put_listing(name, listing));
  if (!is_on_) return {};
  return below_.put_listing(
      second, [listing = std::move(listing)](const IsLost& lost) { return gzip(listing(lost)); });
}

Result<void> GzipStore::remove_earlier(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    if (!listings_.insert(name).second) return {};
  }
  const auto held = below_.get(name);
  return held && *held ? below_.remove(name) : Result<void>();
}

Result<std::unique_ptr<StoreFile>> GzipStore::open_file(std::string_view name) {
  return below_.open_file(name);
}

Result<std::optional<Bytes>> GzipStore::get(std::string_view name) {
  return below_.get(name);
}

Result<void> GzipStore::remove(std::string_view name) {
  if (is_on_ && (name.ends_with(".m3u8") || name.ends_with(".mpd")))
    WEIR_TRY(below_.remove(compressed(name)));
  return below_.remove(name);
}

Result<void> GzipStore::flush() {
  return below_.flush();
}

}  // namespace weir
