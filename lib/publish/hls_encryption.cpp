#include "publish/hls_encryption.h"

#include <charconv>

namespace weir::publish {
namespace {

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

}  // namespace

Result<KeyRotation> parse_key_rotation(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error == std::errc() && stop == end && count > 0) return KeyRotation{count, {}};
  const auto duration = parse_duration(text);
  if (stop == end || !duration || duration->count() <= 0)
    return fail(Code::kUsage,
                "'{}' is not a time between keys: write a number of segments, or a duration like "
                "90s or 10m",
                text);
  return KeyRotation{0, *duration};
}

Result<void> check_encryption(const HlsEncryption& chosen) {
  const bool other = !chosen.generated() || !chosen.key_uri.empty() || chosen.rotation.any() ||
                     chosen.clear_lead.count() > 0;
  if (!chosen.on() && other)
    return fail(Code::kUsage,
                "keys are chosen but nothing is to be encrypted: add --encrypt aes-128");
  if (!chosen.key_file.empty() && !chosen.key_command.empty())
    return fail(Code::kUsage, "--key and --key-command are two sources for one key: use one");
  return check_rotation(chosen);
}

}  // namespace weir::publish
