// The requests for files below one URL, and the words about them that give no secret away.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/http_client.h"
#include "net/url.h"

namespace weir::net {

class HttpTarget {
 public:
  /// `url` is http or https and names a folder, with or without a '/' at its end; a query goes with
  /// every request. Headers are "Name: value" and stand above our own. kUsage, without repeating a
  /// value, for anything else, and for headers that are the connection's own matter.
  static Result<HttpTarget> make(std::string_view url, const std::vector<std::string>& headers,
                                 std::string_view user_agent);

  const Url& url() const { return url_; }
  /// PUT with the type its name tells. `body` is borrowed.
  HttpRequest put(std::string_view name, ByteView body) const;
  HttpRequest remove(std::string_view name) const;
  /// "http://host/folder/name", for messages.
  std::string shown(std::string_view name) const;

 private:
  HttpRequest request(std::string_view method, std::string_view name) const;
  Result<void> add_header(std::string_view line);

  Url url_;
  std::vector<std::pair<std::string, std::string>> first_;   // may be overridden by
  std::vector<std::pair<std::string, std::string>> wanted_;  // these
};

}  // namespace weir::net
