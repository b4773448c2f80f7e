#include "publish/flv_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/os_error.h"

namespace weir::publish {
namespace {

using flow::Flow;

/// A descriptor that is closed with its owner, unless it is standard output.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  /// errno, or 0: some file systems tell of a full disk only here.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd > STDERR_FILENO && ::close(fd) != 0 ? errno : 0;
  }

 private:
  int fd_;
};

// Returns errno, or 0 when all was written.
int write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
    if (n >= 0 || errno == EINTR) continue;
    pollfd wait{fd, POLLOUT, 0};
    if (errno != EAGAIN) return errno;
    if (::poll(&wait, 1, -1) < 0 && errno != EINTR) return errno;
  }
  return 0;
}

tl::unexpected<Error> write_failure(const std::string& name, int error) {
  return fail(Code::kIo, "cannot write {}: {}", name, os_error_text(error));
}

Bytes file_start(const flv::Metadata& metadata) {
  Bytes bytes;
  ByteWriter out(bytes);
  flv::write_file_header(metadata.audio != nullptr, metadata.video != nullptr, out);
  return bytes;
}

class StreamOutput : public FlvOutput {
 public:
  StreamOutput(Descriptor fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Result<Flow> begin(const flv::Metadata& metadata) override {
    Bytes bytes = file_start(metadata);
    ByteWriter out(bytes);
    WEIR_TRY(flv::write_tag(flv::metadata_tag(metadata), out));
    return put(bytes);
  }
  Result<Flow> write(const flv::Tag& tag) override {
    Bytes bytes;
    ByteWriter out(bytes);
    WEIR_TRY(flv::write_tag(tag, out));
    return put(bytes);
  }
  Result<void> commit(flv::Metadata) override {
    if (const int error = fd_.close(); error != 0) return write_failure(name_, error);
    return {};
  }

 private:
  Result<Flow> put(ByteView bytes) {
    const int error = write_all(fd_.get(), bytes);
    if (error == EPIPE) return Flow::kDone;
    if (error != 0) return write_failure(name_, error);
    return Flow::kMore;
  }

  Descriptor fd_;
  std::string name_;
};

/// Copies `size` bytes from the start of one file to the position of another; errno, or 0.
int copy_by_hand(int from, off_t at, int to, off_t size) {
  Bytes buffer(1 << 18);
  while (at < size) {
    const auto want = std::min<off_t>(size - at, static_cast<off_t>(buffer.size()));
    const auto n = ::pread(from, buffer.data(), static_cast<std::size_t>(want), at);
    if (n == 0) return EIO;
    if (n < 0 && errno != EINTR) return errno;
    if (n < 0) continue;
    if (const int error = write_all(to, ByteView(buffer).first(static_cast<std::size_t>(n))))
      return error;
    at += n;
  }
  return 0;
}

// The kernel copies, or shares the blocks where the file system can.
int copy_file(int from, int to, off_t size) {
  off_t at = 0;
  while (at < size) {
    const auto n =
        ::copy_file_range(from, &at, to, nullptr, static_cast<std::size_t>(size - at), 0);
    if (n > 0 || (n < 0 && errno == EINTR)) continue;
    const bool full =
        n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO);
    return full ? errno : copy_by_hand(from, at, to, size);
  }
  return 0;
}

/// The index stands in front of the media and its size is known last, so the media is collected in
/// a nameless file beside the target; commit() puts the two together under a temporary name.
class FileOutput : public FlvOutput {
 public:
  FileOutput(Descriptor body, std::filesystem::path path)
      : body_(std::move(body)), path_(std::move(path)) {}

  Result<Flow> begin(const flv::Metadata&) override { return Flow::kMore; }
  Result<Flow> write(const flv::Tag& tag) override {
    ByteWriter out(buffer_);
    WEIR_TRY(flv::write_tag(tag, out));
    constexpr std::size_t kBufferBytes = 1 << 18;
    if (buffer_.size() >= kBufferBytes) WEIR_TRY(flush());
    return Flow::kMore;
  }
  Result<void> commit(flv::Metadata metadata) override;

 private:
  Result<void> flush() {
    if (const int error = write_all(body_.get(), buffer_)) return write_failure(name(), error);
    size_ += static_cast<off_t>(buffer_.size());
    buffer_.clear();
    return {};
  }
  Result<Bytes> head(flv::Metadata metadata) const;
  int put_together(const std::string& temporary, ByteView head);
  std::string name() const { return fmt::format("'{}'", path_.string()); }

  Descriptor body_;
  std::filesystem::path path_;
  Bytes buffer_;
  off_t size_ = 0;  // of what stands in body_
};

Result<Bytes> FileOutput::head(flv::Metadata metadata) const {
  flv::FileFacts& file = *metadata.file;
  Bytes bytes = file_start(metadata);
  const auto offset = static_cast<std::int64_t>(bytes.size() + flv::kTagOverhead +
                                                flv::metadata_tag(metadata).body.size());
  for (auto& frame : file.key_frames) frame.position += offset;
  file.file_size = offset + size_;
  ByteWriter out(bytes);
  WEIR_TRY(flv::write_tag(flv::metadata_tag(metadata), out));
  return bytes;
}

int FileOutput::put_together(const std::string& temporary, ByteView head) {
  Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!out.open()) return errno;
  if (const int error = write_all(out.get(), head)) return error;
  if (const int error = copy_file(body_.get(), out.get(), size_)) return error;
  if (const int error = out.close()) return error;
  return std::rename(temporary.c_str(), path_.c_str()) != 0 ? errno : 0;
}

Result<void> FileOutput::commit(flv::Metadata metadata) {
  WEIR_TRY(flush());
  WEIR_TRY_ASSIGN(const Bytes bytes, head(std::move(metadata)));
  const auto temporary = path_.parent_path() / ("." + path_.filename().string() + ".tmp");
  const int error = put_together(temporary.string(), bytes);
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  return write_failure(name(), error);
}

Result<std::unique_ptr<FlvOutput>> open_stream(Descriptor fd, std::string name) {
  if (::isatty(fd.get()) != 0)
    return fail(Code::kUsage, "{} is a terminal: name a file with -o, or send the FLV into a pipe",
                name);
  return std::make_unique<StreamOutput>(std::move(fd), std::move(name));
}

Result<std::unique_ptr<FlvOutput>> open_special(const std::string& path) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.open()) return write_failure(fmt::format("'{}'", path), errno);
  return open_stream(std::move(fd), fmt::format("'{}'", path));
}

Result<std::unique_ptr<FlvOutput>> open_file(const std::filesystem::path& path) {
  const auto body = (path.parent_path() / ("." + path.filename().string() + ".body")).string();
  Descriptor fd(::open(body.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd.open()) return write_failure(fmt::format("'{}'", path.string()), errno);
  ::unlink(body.c_str());
  return std::make_unique<FileOutput>(std::move(fd), path);
}

}  // namespace

Result<std::unique_ptr<FlvOutput>> open_flv_output(const std::string& path) {
  if (path == "-") return open_stream(Descriptor(STDOUT_FILENO), "standard output");
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) return write_failure(fmt::format("'{}'", path), EISDIR);
  if (there && !S_ISREG(info.st_mode)) return open_special(path);
  return open_file(path);
}

}  // namespace weir::publish
