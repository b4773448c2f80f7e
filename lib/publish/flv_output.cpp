#include "publish/flv_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/write_all.h"
#include "publish/flv_bytes.h"

namespace weir::publish {
namespace {

using flow::Flow;

class StreamOutput : public FlvOutput {
 public:
  StreamOutput(Descriptor fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Result<Flow> begin(const flv::Metadata& metadata) override {
    Bytes bytes = flv_file_start(metadata);
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
  std::string name() const { return fmt::format("'{}'", path_.string()); }

  Descriptor body_;
  std::filesystem::path path_;
  Bytes buffer_;
  off_t size_ = 0;  // of what stands in body_
};

Result<void> FileOutput::commit(flv::Metadata metadata) {
  WEIR_TRY(flush());
  return replace_file(path_, std::move(metadata), {body_.get(), 0, size_});
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
