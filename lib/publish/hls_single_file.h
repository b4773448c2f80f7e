// All segments of a rendition in one file, told apart by byte ranges.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/store.h"
#include "hls/byte_range.h"
#include "publish/hls_options.h"

namespace weir::publish {

/// Memory     What append() is given.
class HlsSingleFile {
 public:
  /// kUsage but for VOD, as a live file would grow for ever and one that grows is not whole; and
  /// with AES-128, where FFmpeg's players carry the cipher on from the range before.
  static Result<void> check(const HlsOptions& options);

  /// `name` in the store. What the store says when it does not take files in pieces.
  static Result<HlsSingleFile> open(Store& store, std::string name);

  /// As a playlist beside it names it.
  std::string uri() const { return name_.substr(name_.rfind('/') + 1); }
  /// Where the bytes stand now.
  Result<hls::ByteRange> append(const Pieces& pieces);
  Result<void> finish() { return file_->commit(); }

 private:
  HlsSingleFile(std::string name, std::unique_ptr<StoreFile> file)
      : name_(std::move(name)), file_(std::move(file)) {}
  std::string name_;
  std::unique_ptr<StoreFile> file_;
  std::int64_t size_ = 0;
};

}  // namespace weir::publish
