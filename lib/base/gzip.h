// Compressed bytes, and a store that puts listings a second time in compressed form.
// Source: RFC 1952.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/store.h"

namespace weir {

/// One gzip member without name and time: the same bytes give the same bytes.
Bytes gzip(ByteView bytes);
/// The content of one member. kBadInput when it is damaged, cut off, followed by something, or
/// larger than `most`, which is what it may allocate.
Result<Bytes> gunzip(ByteView bytes, std::size_t most);

/// Passes everything on to `below`, which it borrows. Every listing is also put, after itself, as
/// gzip under its name with ".gz"; removing it removes both. When it `is_on` not, what is there
/// under such a name is removed with the first listing, where the store can tell that it is there:
/// servers would send it for ever.
class GzipStore : public Store {
 public:
  GzipStore(Store& below, bool is_on) : below_(below), is_on_(is_on) {}

  Result<void> put(std::string_view name, ByteView bytes) override;
  Result<void> put_private(std::string_view name, ByteView bytes) override;
  Result<void> put_segment(std::string_view name, const Pieces& pieces, Micros duration) override;
  Result<void> put_listing(std::string_view name, Listing listing) override;
  Result<std::unique_ptr<StoreFile>> open_file(std::string_view name) override;
  Result<std::optional<Bytes>> get(std::string_view name) override;
  Result<void> remove(std::string_view name) override;
  void remove_unfinished(std::string_view name) override { below_.remove_unfinished(name); }
  Result<void> flush() override;

 private:
  Result<void> remove_earlier(const std::string& name);

  Store& below_;
  const bool is_on_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> listings_;  // names put so far; guarded by mutex_
};

}  // namespace weir
