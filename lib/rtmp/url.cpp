#include "rtmp/url.h"

#include <algorithm>

#include <fmt/format.h>

#include "net/url.h"

namespace weir::rtmp {
namespace {

constexpr std::string_view kStruck = "...";

std::string authority(const Url& url) {
  const bool ipv6 = url.host.find(':') != std::string::npos;
  const std::string host = ipv6 ? fmt::format("[{}]", url.host) : url.host;
  const bool usual = url.port == (url.secure ? kSecurePort : kPort);
  return usual ? host : fmt::format("{}:{}", host, url.port);
}

void strike(std::string_view secret, std::string& text) {
  constexpr std::size_t kShortest = 4;  // less is nobody's secret, and may be part of any word
  if (secret.size() < kShortest) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    at = text.replace(at, secret.size(), kStruck).find(kStruck, at) + kStruck.size();
}

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string Url::tc_url() const {
  return fmt::format("rtmp{}://{}/{}", secure ? "s" : "", authority(*this), app);
}

std::string Url::name() const {
  return query.empty() ? stream : stream + "?" + query;
}

std::string Url::shown() const {
  return tc_url() + (app.empty() ? "" : "/") + std::string(kStruck);
}

std::string Url::struck_from(std::string text) const {
  strike(query, text);
  for (std::string_view rest = query; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    if (const auto equals = pair.find('='); equals != std::string_view::npos)
      strike(pair.substr(equals + 1), text);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  strike(stream, text);
  return text;
}

Result<Url> parse_tc_url(std::string_view text) {
  WEIR_TRY_ASSIGN(const auto parts, net::parse_url(text));
  if (parts.scheme != "rtmp" && parts.scheme != "rtmps")
    return fail(Code::kUsage, "'{}' is no rtmp:// or rtmps:// URL", parts.shown());
  if (!parts.user.empty() || !parts.password.empty())
    return fail(Code::kUsage,
                "user and password in '{}' are not sent by RTMP: leave them out, and give a key "
                "as the service says, often STREAM?key=KEY",
                parts.shown());
  Url url;
  url.secure = parts.scheme == "rtmps";
  url.host = parts.host;
  const auto usual = url.secure ? kSecurePort : kPort;
  url.port = parts.port != 0 ? parts.port : usual;
  url.app = without_slashes(parts.path);
  url.query = parts.query;
  return url;
}

Result<Url> parse_url(std::string_view text) {
  WEIR_TRY_ASSIGN(auto url, parse_tc_url(text));
  const auto slash = url.app.rfind('/');
  const bool one_part = slash == std::string::npos;
  if (url.app.empty() || one_part)
    return fail(Code::kUsage, "'rtmp{}://{}/...' names no stream: use rtmp://HOST/APP/STREAM",
                url.secure ? "s" : "", authority(url));
  url.stream = url.app.substr(slash + 1);
  url.app = without_slashes(std::string_view(url.app).substr(0, slash));
  return url;
}

}  // namespace weir::rtmp
