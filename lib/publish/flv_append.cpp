// The output of flv_output.h that goes on with a file.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

#include "base/write_all.h"
#include "publish/flv_bytes.h"
#include "publish/flv_output.h"

namespace weir::publish {
namespace {

using flow::Flow;

constexpr std::size_t kBufferBytes = 1 << 18;
constexpr std::int64_t kBufferMs = 1000;

class AppendOutput : public FlvAppendOutput {
 public:
  AppendOutput(Descriptor file, std::filesystem::path path, bool created)
      : file_(std::move(file)), path_(std::move(path)), created_(created) {}
  ~AppendOutput() override {
    if (created_ && end_ == 0) ::unlink(path_.c_str());
  }

  Result<void> scan();
  const flv::FileScan& found() const override { return found_; }

  Result<Flow> begin(const flv::Metadata& metadata) override;
  Result<Flow> write(const flv::Tag& tag) override;
  Result<void> commit(flv::Metadata metadata) override;

 private:
  Result<void> flush();
  std::string name() const { return fmt::format("'{}'", path_.string()); }

  Descriptor file_;
  std::filesystem::path path_;
  bool created_;
  flv::FileScan found_;
  off_t start_ = 0;  // of the tags behind onMetaData
  off_t end_ = 0;
  Bytes buffer_;
  std::int64_t flushed_ms_ = 0;
};

Result<void> AppendOutput::scan() {
  Bytes buffer(kBufferBytes);
  while (true) {
    const auto n = ::read(file_.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return write_failure(name(), errno);
    if (n == 0) break;
    if (auto good = found_.feed(ByteView(buffer).first(static_cast<std::size_t>(n))); !good)
      return fail(good.error().code, "cannot append to {}: {}: make it whole with flv-mux first",
                  name(), good.error().what);
  }
  if (found_.media_start() == 0 && found_.pending() > 0)
    return fail(Code::kBadInput, "cannot append to {}: this is not an FLV file", name());
  start_ = found_.media_start();
  end_ = found_.whole_size();
  return {};
}

Result<Flow> AppendOutput::begin(const flv::Metadata& metadata) {
  if (start_ == 0) {
    buffer_ = flv_file_start(metadata);
    ByteWriter out(buffer_);
    WEIR_TRY(flv::write_tag(flv::metadata_tag(metadata), out));
    start_ = static_cast<off_t>(buffer_.size());
  }
  if (::ftruncate(file_.get(), end_) != 0 || ::lseek(file_.get(), end_, SEEK_SET) < 0)
    return write_failure(name(), errno);
  flushed_ms_ = found_.last_timestamp_ms();
  return Flow::kMore;
}

Result<Flow> AppendOutput::write(const flv::Tag& tag) {
  ByteWriter out(buffer_);
  WEIR_TRY(flv::write_tag(tag, out));
  if (buffer_.size() < kBufferBytes && tag.timestamp_ms - flushed_ms_ < kBufferMs)
    return Flow::kMore;
  flushed_ms_ = tag.timestamp_ms;
  WEIR_TRY(flush());
  return Flow::kMore;
}

Result<void> AppendOutput::flush() {
  if (const int error = write_all(file_.get(), buffer_)) return write_failure(name(), error);
  end_ += static_cast<off_t>(buffer_.size());
  buffer_.clear();
  return {};
}

Result<void> AppendOutput::commit(flv::Metadata metadata) {
  WEIR_TRY(flush());
  return replace_file(path_, std::move(metadata), {file_.get(), start_, end_ - start_});
}

}  // namespace

Result<std::unique_ptr<FlvAppendOutput>> open_flv_append(const std::string& path) {
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (path == "-" || (there && !S_ISREG(info.st_mode)))
    return fail(Code::kUsage, "only a file can be appended to: name one with -o");
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.open()) return write_failure(fmt::format("'{}'", path), errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(Code::kIo, "cannot append to '{}': somebody else is doing so", path);
  auto output = std::make_unique<AppendOutput>(std::move(file), path, !there);
  WEIR_TRY(output->scan());
  return output;
}

}  // namespace weir::publish
