#include "safety/text/vectorscan.h"

#include <numeric>
#include <vector>

#include "base/text.h"

namespace weir::safety {
namespace {

struct FreeError {
  void operator()(hs_compile_error_t* error) const noexcept { hs_free_compile_error(error); }
};
using CompileError = std::unique_ptr<hs_compile_error_t, FreeError>;

tl::unexpected<Error> compile_failure(const CompileError& error) {
  std::string words = lower_first(error->message);
  while (words.ends_with('.')) words.pop_back();
  return fail(Code::kBadInput, "{}", words);
}

struct Sources {
  explicit Sources(std::span<const std::string> list, unsigned flag)
      : flags(list.size(), flag), numbers(list.size()) {
    std::iota(numbers.begin(), numbers.end(), 0u);
    for (const auto& text : list) {
      texts.push_back(text.c_str());
      sizes.push_back(text.size());
    }
  }
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> flags;
  std::vector<unsigned> numbers;
};

}  // namespace

Result<ScanDatabase> ScanDatabase::of_literals(std::span<const std::string> literals) {
  ScanDatabase out;
  if (literals.empty()) return out;
  const Sources from(literals, 0);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const auto status = hs_compile_lit_multi(
      from.texts.data(), from.flags.data(), from.numbers.data(), from.sizes.data(),
      static_cast<unsigned>(literals.size()), HS_MODE_BLOCK, nullptr, &database, &error);
  if (status != HS_SUCCESS) return compile_failure(CompileError(error));
  out.database_.reset(database);
  return out;
}

Result<ScanDatabase> ScanDatabase::of_expressions(std::span<const std::string> expressions) {
  ScanDatabase out;
  if (expressions.empty()) return out;
  const Sources from(expressions, HS_FLAG_UTF8 | HS_FLAG_CASELESS | HS_FLAG_SOM_LEFTMOST);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const auto status = hs_compile_multi(from.texts.data(), from.flags.data(), from.numbers.data(),
                                       static_cast<unsigned>(expressions.size()), HS_MODE_BLOCK,
                                       nullptr, &database, &error);
  if (status != HS_SUCCESS) return compile_failure(CompileError(error));
  out.database_.reset(database);
  return out;
}

Result<void> ScanDatabase::fit(ScanScratch& scratch) const {
  if (!database_) return {};
  hs_scratch_t* raw = scratch.scratch_.release();
  const auto status = hs_alloc_scratch(database_.get(), &raw);
  scratch.scratch_.reset(raw);
  if (status != HS_SUCCESS) return fail(Code::kInternal, "no memory to scan with ({})", status);
  return {};
}

std::size_t ScanDatabase::bytes() const {
  std::size_t size = 0;
  if (database_) hs_database_size(database_.get(), &size);
  return size;
}

tl::unexpected<Error> ScanDatabase::scan_failure(hs_error_t status) {
  return fail(Code::kInternal, "the pattern matcher failed ({})", status);
}

}  // namespace weir::safety
