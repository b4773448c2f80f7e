#include "publish/hls_options.h"

#include <charconv>
#include <chrono>

namespace weir::publish {
namespace {

/// Takes a text apart from the left; once something was missing, ok() stays false.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits, int low, int high) {
    int value = 0;
    const std::string_view part = rest_.substr(0, digits);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    ok_ = ok_ && part.size() == digits && error == std::errc() &&
          end == part.data() + part.size() && part[0] != '-' && value >= low && value <= high;
    rest_.remove_prefix(part.size());
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(char c) { ok_ = take(c) && ok_; }
  std::int64_t fraction_us() {
    std::int64_t value = 0, unit = 100'000;
    bool any = false;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      value += (rest_.front() - '0') * unit;
      unit /= 10;
      any = true;
    }
    ok_ = ok_ && any;
    return value;
  }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Minutes east of Greenwich.
int read_offset(Reader& in) {
  if (in.take('Z')) return 0;
  const bool west = in.take('-');
  if (!west) in.need('+');
  const int hours = in.number(2, 0, 14);
  in.take(':');
  const int minutes = hours * 60 + in.number(2, 0, 59);
  return west ? -minutes : minutes;
}

}  // namespace

Result<std::int64_t> parse_utc(std::string_view text) {
  using namespace std::chrono;
  Reader in(text);
  const year y(in.number(4, 1970, 9999));
  in.need('-');
  const month m(static_cast<unsigned>(in.number(2, 1, 12)));
  in.need('-');
  const day d(static_cast<unsigned>(in.number(2, 1, 31)));
  in.need('T');
  std::int64_t seconds_of_day = in.number(2, 0, 23) * 3600;
  in.need(':');
  seconds_of_day += in.number(2, 0, 59) * 60;
  in.need(':');
  seconds_of_day += in.number(2, 0, 59);
  const std::int64_t fraction = in.take('.') ? in.fraction_us() : 0;
  const int offset = read_offset(in);
  const year_month_day date(y, m, d);
  if (!in.done() || !date.ok())
    return fail(Code::kUsage, "'{}' is not a time like 2026-11-22T18:49:00Z", text);
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  return (days * 86'400 + seconds_of_day - offset * 60) * 1'000'000 + fraction;
}

}  // namespace weir::publish
