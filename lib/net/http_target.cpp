#include "net/http_target.h"

#include <openssl/evp.h>
#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/content_type.h"
#include "net/http_syntax.h"

namespace weir::net {
namespace {

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

bool of_the_connection(std::string_view name) {
  constexpr std::array<std::string_view, 7> kOurs{
      "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Trailer", "Expect"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](auto ours) { return same_but_for_case(ours, name); });
}

}  // namespace

Result<HttpTarget> HttpTarget::make(std::string_view url, const std::vector<std::string>& headers,
                                    std::string_view user_agent) {
  HttpTarget target;
  WEIR_TRY_ASSIGN(target.url_, parse_url(url));
  if (target.url_.scheme != "http" && target.url_.scheme != "https")
    return fail(Code::kUsage, "'{}': files can be put to http:// and https:// only",
                target.url_.shown());
  if (!target.url_.path.ends_with('/')) target.url_.path += '/';
  target.first_.emplace_back("User-Agent", user_agent);
  const Url& place = target.url_;
  if (!place.user.empty() || !place.password.empty())
    target.first_.emplace_back("Authorization",
                               "Basic " + base64(place.user + ":" + place.password));
  for (const auto& line : headers) WEIR_TRY(target.add_header(line));
  return target;
}

Result<void> HttpTarget::add_header(std::string_view line) {
  const auto colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == line.npos || !is_http_token(name) || !is_http_value(line))
    return fail(Code::kUsage, "a header is to be written like 'Name: value'");
  if (of_the_connection(name))
    return fail(Code::kUsage, "header '{}' is not to be chosen: it belongs to the connection",
                name);
  wanted_.emplace_back(name, trim(line.substr(colon + 1), " \t"));
  return {};
}

HttpRequest HttpTarget::put(std::string_view name, ByteView body) const {
  HttpRequest out = request("PUT", name);
  out.headers.insert(out.headers.begin(), {"Content-Type", std::string(content_type(name))});
  out.body = body;
  return out;
}

HttpRequest HttpTarget::remove(std::string_view name) const {
  return request("DELETE", name);
}

HttpRequest HttpTarget::request(std::string_view method, std::string_view name) const {
  HttpRequest out;
  out.method = method;
  out.target = url_.path + encode_path(name);
  if (!url_.query.empty()) out.target += "?" + url_.query;
  out.headers = first_;
  out.headers.insert(out.headers.end(), wanted_.begin(), wanted_.end());
  return out;
}

std::string HttpTarget::shown(std::string_view name) const {
  return url_.shown() + encode_path(name);
}

}  // namespace weir::net
