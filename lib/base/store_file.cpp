// Files that come in pieces.
#include "base/store.h"

namespace weir {
namespace {

class MemoryFile : public StoreFile {
 public:
  MemoryFile(MemoryStore& store, std::string_view name) : store_(store), name_(name) {}
  Result<void> append(const Pieces& pieces) override {
    for (const ByteView view : pieces.views())
      bytes_.insert(bytes_.end(), view.begin(), view.end());
    return {};
  }
  Result<void> commit() override { return store_.put(name_, bytes_); }

 private:
  MemoryStore& store_;
  const std::string name_;
  Bytes bytes_;
};

}  // namespace

Result<std::unique_ptr<StoreFile>> Store::open_file(std::string_view name) {
  return fail(Code::kUnsupported, "'{}' cannot be put in pieces there: write to a folder", name);
}

Result<std::unique_ptr<StoreFile>> MemoryStore::open_file(std::string_view name) {
  WEIR_TRY(check_store_name(name));
  return std::make_unique<MemoryFile>(*this, name);
}

}  // namespace weir
