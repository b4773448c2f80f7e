// How many peers are there, and from where.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace weir::rtmp {

/// What counts as one peer: an IPv4 address (an IPv6 one that maps one too), or the /64 of an IPv6
/// address, all of which one machine can have. Of what is no address, the text itself.
std::string network_of(std::string_view address);

struct CensusLimits {
  std::size_t all = 1000;           ///< In all.
  std::size_t strangers = 256;      ///< Not trusted yet, in all.
  std::size_t of_one_network = 16;  ///< The same, of one network_of().
};

/// Counts in constant time.
/// Threads    One.
class Census : public std::enable_shared_from_this<Census> {
 public:
  /// A peer's place, a stranger's until trust(); free again when it is destroyed.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    void trust();

   private:
    friend class Census;
    Place(std::shared_ptr<Census> census, std::string network);
    const std::shared_ptr<Census> census_;
    const std::string network_;
    bool stranger_ = true;
  };

  explicit Census(const CensusLimits& limits) : limits_(limits) {}

  /// nullptr when there are too many.
  std::unique_ptr<Place> enter(std::string_view address);
  std::size_t count() const { return count_; }
  std::size_t strangers() const { return strangers_; }

 private:
  void no_stranger(const std::string& network);

  const CensusLimits limits_;
  std::size_t count_ = 0, strangers_ = 0;
  std::unordered_map<std::string, std::size_t> networks_;  // of strangers
};

}  // namespace weir::rtmp
