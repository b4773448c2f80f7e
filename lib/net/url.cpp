#include "net/url.h"

#include <arpa/inet.h>
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/hex.h"
#include "base/text.h"

namespace weir::net {
namespace {

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int byte = hex_byte(text.substr(i + 1));
    if (byte < 0) return {};
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_scheme(std::string_view text) {
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return letter(c) || digit(c) || c == '+' || c == '-' || c == '.';
  });
}

Result<void> read_userinfo(std::string_view text, Url& url) {
  const auto colon = text.find(':');
  const auto user = decode(text.substr(0, colon));
  const auto password = decode(colon == text.npos ? "" : text.substr(colon + 1));
  if (!user || !password)
    return fail(Code::kUsage, "a '%' in user or password is to be written %25");
  if (user->find(':') != user->npos) return fail(Code::kUsage, "a user's name cannot hold a ':'");
  url.user = *user;
  url.password = *password;
  return {};
}

Result<void> read_port(std::string_view text, Url& url) {
  if (text.empty()) return {};
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65'535)
    return fail(Code::kUsage, "the port is to be a number from 1 to 65535");
  url.port = static_cast<std::uint16_t>(port);
  return {};
}

bool is_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return letter(c) || digit(c) || c == '-' || c == '.' || c == '_';
  });
}

bool is_ipv6(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

Result<void> read_host(std::string_view text, Url& url) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    url.host = lower(text.substr(1, close == text.npos ? close : close - 1));
    if (close == text.npos || !is_ipv6(url.host))
      return fail(Code::kUsage, "what stands in brackets is to be an IPv6 address");
    rest = text.substr(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    url.host = lower(text.substr(0, colon));
    if (!is_name(url.host))
      return fail(Code::kUsage, "the host is to be a name or an address, IPv6 in brackets");
    rest = text.substr(colon);
  }
  if (rest.empty()) return {};
  if (rest[0] != ':') return fail(Code::kUsage, "after the host only a port can follow");
  return read_port(rest.substr(1), url);
}

Result<void> read_authority(std::string_view text, Url& url) {
  const auto at = text.rfind('@');
  if (at == text.npos) return read_host(text, url);
  WEIR_TRY(read_userinfo(text.substr(0, at), url));
  return read_host(text.substr(at + 1), url);
}

Result<void> read(std::string_view text, Url& url) {
  const auto colon = text.find("://");
  if (colon == text.npos || !is_scheme(text.substr(0, colon)))
    return fail(Code::kUsage, "it is to begin like http://");
  url.scheme = lower(text.substr(0, colon));
  if (!printable(text))
    return fail(Code::kUsage, "spaces and other than ASCII letters are to be written %XX");
  if (text.find('#') != text.npos) return fail(Code::kUsage, "a '#' is to be written %23");
  text.remove_prefix(colon + 3);
  const auto path = std::min(text.find_first_of("/?"), text.size());
  WEIR_TRY(read_authority(text.substr(0, path), url));
  const auto query = std::min(text.find('?', path), text.size());
  url.path = text.substr(path, query - path);
  if (url.path.empty()) url.path = "/";
  if (query < text.size()) url.query = text.substr(query + 1);
  return {};
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.find(':') == host.npos ? host : "[" + host + "]";
  if (port != 0) out += fmt::format(":{}", port);
  return out;
}

std::string Url::shown() const {
  return scheme + "://" + authority() + path;
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  if (auto good = read(text, url); !good) return fail(std::move(good).error().within("not a URL"));
  return url;
}

std::string encode_path(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (letter(c) || digit(c) || std::string_view("-._~/").find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace weir::net
