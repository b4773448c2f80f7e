// The rules for what servers say around the bytes, and how they say it.
#include <algorithm>

#include <fmt/ranges.h>

#include "hls/uri.h"
#include "net/content_type.h"
#include "probe/check.h"

namespace weir::probe {
namespace {

namespace json = boost::json;

constexpr int kLeastRsa = 2048, kLeastEc = 256;

json::value text(std::string_view words) {
  return words.empty() ? json::value() : json::value(words);
}

// What the name of a file allows it to be; empty for names that say nothing.
std::vector<std::string_view> allowed_types(const DeliveredFile& file) {
  if (file.playlist) return {"application/vnd.apple.mpegurl", "audio/mpegurl"};
  const std::string_view path =
      std::string_view(file.found_at).substr(0, file.found_at.find_first_of("?#"));
  const auto type = net::content_type(path.substr(path.rfind('/') + 1));
  if (type == "video/mp4" || type == "audio/mp4") return {"video/mp4", "audio/mp4"};
  if (type == "video/iso.segment") return {"video/iso.segment", "video/mp4", "audio/mp4"};
  if (type == "text/vtt") return {"text/vtt", "text/plain"};
  if (type == "video/mp2t" || type.starts_with("audio/")) return {type};
  return {};
}

void check_file(const DeliveredFile& file, Findings& findings) {
  const auto add = [&](const char* rule, const std::string& measured, const std::string& limit,
                       const std::string& message) {
    findings.add({&find_rule(rule), file.location, 0, text(measured), text(limit), message});
  };
  if (file.found_at != file.location)
    add("general-8.18", file.found_at, "", fmt::format("redirected to '{}'", file.found_at));
  if (file.playlist && file.encoding != "gzip")
    add("general-10.1", file.encoding, "gzip",
        "the playlist is not compressed by gzip for a client that accepts it");
  const auto allowed = allowed_types(file);
  if (allowed.empty() || std::ranges::find(allowed, file.type) != allowed.end()) return;
  const auto limit = fmt::format("{}", fmt::join(allowed, " or "));
  add("general-10.4", file.type, limit,
      file.type.empty() ? fmt::format("no Content-Type; {} is expected", limit)
                        : fmt::format("Content-Type is {}; {} is expected", file.type, limit));
}

void check_certificate(const TlsFacts& host, const CertificateFacts& certificate,
                       Findings& findings) {
  const auto add = [&](const char* rule, json::value measured, json::value limit,
                       const std::string& message) {
    findings.add({&find_rule(rule), host.host, 0, std::move(measured), std::move(limit), message});
  };
  const bool weak = certificate.digest == "SHA1" || certificate.digest == "MD5";
  if (weak && !certificate.self_signed)
    add("general-12.2", text(certificate.digest), nullptr,
        fmt::format("the certificate of '{}' is signed with {}", certificate.subject,
                    certificate.digest));
  const int least = certificate.key_type == "RSA" ? kLeastRsa : kLeastEc;
  if (certificate.key_bits > 0 && certificate.key_bits < least)
    add("general-12.3", certificate.key_bits, least,
        fmt::format("the key of '{}' has {} bits of {}, {} are the least", certificate.subject,
                    certificate.key_bits, certificate.key_type, least));
}

void check_host(const TlsFacts& host, Findings& findings) {
  const auto add = [&](const char* rule, const std::string& measured, const std::string& message) {
    findings.add({&find_rule(rule), host.host, 0, text(measured), nullptr, message});
  };
  if (host.old_version)
    add("general-12.1", host.version, fmt::format("speaks {} at best", host.version));
  else if (!host.forward_secrecy)
    add("general-12.1", host.cipher, fmt::format("{} has no forward secrecy", host.cipher));
  if (host.cipher.find("RC4") != host.cipher.npos)
    add("general-12.2", host.cipher, fmt::format("chooses {}", host.cipher));
  if (!host.distrust.empty())
    add("weir-TRUST", host.distrust,
        fmt::format("its certificate is not trusted here: {}", host.distrust));
  for (const auto& certificate : host.certificates) check_certificate(host, certificate, findings);
}

}  // namespace

void check_delivery(const Presentation& p, Findings& findings) {
  for (const auto& file : p.delivery.files) check_file(file, findings);
  for (const auto& host : p.delivery.hosts) check_host(host, findings);
}

}  // namespace weir::probe
