#include "edge/signed_url.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/hex.h"
#include "base/text.h"
#include "base/text_file.h"

namespace weir::edge {
namespace {

using Digest = std::array<std::uint8_t, 32>;

constexpr std::size_t kMostDigits = 12;  // of a time

Digest sign(std::string_view secret, std::string_view path, std::string_view expires) {
  const std::string text = std::string(path).append("\n").append(expires);
  Digest out{};
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), nullptr);
  return out;
}

std::optional<std::int64_t> time_of(std::string_view digits) {
  std::int64_t out = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || digits.size() > kMostDigits || fault != std::errc{} || out < 0 ||
      end != digits.data() + digits.size())
    return {};
  return out;
}

}  // namespace

Result<UrlSigner> UrlSigner::load(const std::string& path, Log& log) {
  WEIR_TRY_ASSIGN(const std::string text, read_text_file(path));
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0)
    log.warning("everyone may read the secrets in '{}': chmod 600 it", path);
  auto out = parse(text);
  if (!out) return fail(std::move(out.error()).within(fmt::format("secrets in '{}'", path)));
  return out;
}

Result<UrlSigner> UrlSigner::parse(std::string_view text) {
  UrlSigner out;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (line.size() < kLeastSecret)
      return fail(Code::kUsage, "line {} is no secret: it has less than {} characters", number,
                  kLeastSecret);
    out.secrets_.emplace_back(line);
  }
  if (out.secrets_.empty()) return fail(Code::kUsage, "there is no secret in it");
  return out;
}

std::string UrlSigner::token(std::string_view path, std::int64_t expires) const {
  const std::string time = fmt::format("{}", expires);
  std::string out = time + "-";
  for (const std::uint8_t byte : sign(secrets_.front(), path, time))
    fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

bool UrlSigner::is_good(std::string_view path, std::string_view token, std::int64_t now) const {
  const auto dash = std::min(token.find('-'), token.size());
  const std::string_view time = token.substr(0, dash);
  const auto expires = time_of(time);
  const auto given = read_hex(token.substr(std::min(dash + 1, token.size())));
  if (!expires || !given || given->size() != Digest{}.size()) return false;
  bool good = false;
  for (const std::string& secret : secrets_) {
    const Digest right = sign(secret, path, time);
    good |= CRYPTO_memcmp(right.data(), given->data(), right.size()) == 0;
  }
  return good && *expires >= now;
}

PathToken path_token(std::string_view path) {
  const auto at = path.find("/~");
  if (at == path.npos) return {};
  const auto end = path.find('/', at + 2);
  if (end == path.npos) return {};
  return {path.substr(0, at + 1), path.substr(at + 2, end - at - 2), path.substr(end + 1)};
}

std::string without_token(std::string_view path) {
  const PathToken found = path_token(path);
  if (found.folder.empty()) return std::string(path);
  return std::string(found.folder).append("~/").append(found.rest);
}

}  // namespace weir::edge
