#include "publish/hls_encryption_check.h"

#include "hls/cbcs.h"
#include "hls/sample_aes.h"

namespace weir::publish {
namespace {

using Method = HlsEncryption::Method;
using Container = HlsOptions::Container;

Result<void> check_container(const HlsOptions& options) {
  if (options.encryption.method == Method::kSampleAes && options.container != Container::kTs)
    return fail(Code::kUsage,
                "--encrypt sample-aes is for MPEG-TS: use --encrypt cbcs with --type fmp4");
  if (options.encryption.method == Method::kCbcs && options.container != Container::kFmp4)
    return fail(Code::kUsage,
                "--encrypt cbcs is for fMP4: use --encrypt sample-aes with --type ts");
  return {};
}

Result<void> check_source(const HlsEncryption& chosen) {
  const bool other = !chosen.generated() || !chosen.key_uri.empty() || chosen.rotation.any() ||
                     chosen.clear_lead.count() > 0;
  if (!chosen.on() && other)
    return fail(Code::kUsage,
                "keys are chosen but nothing is to be encrypted: add --encrypt aes-128");
  if (!chosen.key_file.empty() && !chosen.key_command.empty())
    return fail(Code::kUsage, "--key and --key-command are two sources for one key: use one");
  return {};
}

Result<void> check_rotation(const HlsEncryption& chosen) {
  if (!chosen.rotation.any()) return {};
  if (!chosen.key_file.empty())
    return fail(Code::kUsage,
                "--key-rotation needs keys that change: use --key-command instead of --key, or "
                "neither");
  const bool told_apart = chosen.key_uri.find("{name}") != std::string::npos ||
                          chosen.key_uri.find("{number}") != std::string::npos;
  if (chosen.key_uri.empty() || told_apart) return {};
  return fail(Code::kUsage,
              "--key-uri is the same for all keys of --key-rotation: put {{name}} or {{number}} "
              "into it");
}

Result<void> check_fairplay(const HlsEncryption& chosen) {
  if (!chosen.fairplay()) return {};
  if (chosen.method == Method::kAes128)
    return fail(Code::kUsage,
                "players take a key at '{}' for samples only: use --encrypt cbcs or sample-aes",
                chosen.key_uri);
  if (chosen.generated())
    return fail(Code::kUsage,
                "a key at '{}' comes from its server: use --key or --key-command, with the IV "
                "behind the key",
                chosen.key_uri);
  return {};
}

Result<void> check_codec(Method method, AVCodecID codec, const std::string& name) {
  if (method == Method::kSampleAes && !hls::sample_aes_carries(codec))
    return fail(
        Code::kUnsupported,
        "rendition '{}': sample-aes has no form for {}: use --encrypt aes-128, or cbcs with "
        "--type fmp4",
        name, avcodec_get_name(codec));
  if (method == Method::kCbcs && !hls::cbcs_carries(codec))
    return fail(Code::kUnsupported,
                "rendition '{}': cbcs is not written for {}: use --encrypt aes-128", name,
                avcodec_get_name(codec));
  return {};
}

}  // namespace

Result<void> check_encryption(const HlsOptions& options, const media::Tracks& tracks,
                              const std::vector<std::string>& names) {
  const HlsEncryption& chosen = options.encryption;
  WEIR_TRY(check_source(chosen));
  if (!chosen.on()) return {};
  WEIR_TRY(check_container(options));
  WEIR_TRY(check_rotation(chosen));
  WEIR_TRY(check_fairplay(chosen));
  for (std::size_t i = 0; i < tracks.size(); ++i)
    WEIR_TRY(check_codec(chosen.method, tracks[i].codec(), names[i]));
  return {};
}

}  // namespace weir::publish
