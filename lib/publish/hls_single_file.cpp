#include "publish/hls_single_file.h"

#include <utility>

namespace weir::publish {

Result<void> HlsSingleFile::check(const HlsOptions& options) {
  if (!options.single_file) return {};
  if (options.type != hls::MediaPlaylist::Type::kVod)
    return fail(Code::kUsage, "--single-file is for --playlist vod: elsewhere segments are files");
  if (options.encryption.method == HlsEncryption::Method::kAes128)
    return fail(Code::kUsage,
                "--single-file does not go with --encrypt aes-128, which some players take for one "
                "run of bytes over the whole file: use cbcs or sample-aes");
  return {};
}

Result<HlsSingleFile> HlsSingleFile::open(Store& store, std::string name) {
  WEIR_TRY_ASSIGN(auto file, store.open_file(name));
  return HlsSingleFile(std::move(name), std::move(file));
}

Result<hls::ByteRange> HlsSingleFile::append(const Pieces& pieces) {
  WEIR_TRY(file_->append(pieces));
  const auto length = static_cast<std::int64_t>(pieces.size());
  return hls::ByteRange{std::exchange(size_, size_ + length), length};
}

}  // namespace weir::publish
