#include "publish/flv_bytes.h"

#include <fcntl.h>
#include <algorithm>
#include <cstdio>

#include "base/folder_file.h"
#include "base/os_error.h"
#include "base/write_all.h"
#include "flv/tag.h"

namespace weir::publish {
namespace {

// errno, or 0.
int copy_by_hand(FlvRegion from, int to) {
  Bytes buffer(1 << 18);
  while (from.size > 0) {
    const auto want = std::min<off_t>(from.size, static_cast<off_t>(buffer.size()));
    const auto n = ::pread(from.fd, buffer.data(), static_cast<std::size_t>(want), from.at);
    if (n == 0) return EIO;
    if (n < 0 && errno != EINTR) return errno;
    if (n < 0) continue;
    if (const int error = write_all(to, ByteView(buffer).first(static_cast<std::size_t>(n))))
      return error;
    from.at += n;
    from.size -= n;
  }
  return 0;
}

// The kernel copies, or shares the blocks where the file system can.
int copy_file(FlvRegion from, int to) {
  while (from.size > 0) {
    const auto n =
        ::copy_file_range(from.fd, &from.at, to, nullptr, static_cast<std::size_t>(from.size), 0);
    if (n > 0) from.size -= n;
    if (n > 0 || (n < 0 && errno == EINTR)) continue;
    const bool full =
        n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO);
    return full ? errno : copy_by_hand(from, to);
  }
  return 0;
}

int put_together(const std::filesystem::path& path, const std::string& temporary, ByteView head,
                 FlvRegion tags) {
  Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!out.open()) return errno;
  if (const int error = write_all(out.get(), head)) return error;
  if (const int error = copy_file(tags, out.get())) return error;
  if (const int error = out.close()) return error;
  return std::rename(temporary.c_str(), path.c_str()) != 0 ? errno : 0;
}

// The size of the start depends on no value in it, so the first try tells where the tags begin.
Result<Bytes> start_with_index(flv::Metadata metadata, off_t size) {
  flv::FileFacts& file = *metadata.file;
  Bytes bytes = flv_file_start(metadata);
  const auto offset = static_cast<std::int64_t>(bytes.size() + flv::kTagOverhead +
                                                flv::metadata_tag(metadata).body.size());
  for (auto& frame : file.key_frames) frame.position += offset;
  file.file_size = offset + size;
  ByteWriter out(bytes);
  WEIR_TRY(flv::write_tag(flv::metadata_tag(metadata), out));
  return bytes;
}

}  // namespace

tl::unexpected<Error> write_failure(const std::string& name, int error) {
  return fail(Code::kIo, "cannot write {}: {}", name, os_error_text(error));
}

Bytes flv_file_start(const flv::Metadata& metadata) {
  Bytes bytes;
  ByteWriter out(bytes);
  flv::write_file_header(metadata.audio != nullptr, metadata.video != nullptr, out);
  return bytes;
}

Result<void> replace_file(const std::filesystem::path& path, flv::Metadata metadata,
                          FlvRegion tags) {
  WEIR_TRY_ASSIGN(const Bytes head, start_with_index(std::move(metadata), tags.size));
  const std::string temporary = temporary_of(path);
  const int error = put_together(path, temporary, head, tags);
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return write_failure(fmt::format("'{}'", path.string()), error);
}

}  // namespace weir::publish
