#include "rtmp/census.h"

#include <utility>

#include <boost/asio/ip/address.hpp>

namespace weir::rtmp {

namespace ip = boost::asio::ip;

std::string network_of(std::string_view address) {
  boost::system::error_code ec;
  const auto parsed = ip::make_address(std::string(address), ec);
  if (ec || parsed.is_v4()) return std::string(address);
  const auto six = parsed.to_v6();
  if (six.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, six).to_string();
  auto bytes = six.to_bytes();
  for (std::size_t i = bytes.size() / 2; i < bytes.size(); ++i) bytes[i] = 0;
  return ip::address_v6(bytes).to_string() + "/64";
}

Census::Place::Place(std::shared_ptr<Census> census, std::string network)
    : census_(std::move(census)), network_(std::move(network)) {
  ++census_->count_;
  ++census_->strangers_;
  ++census_->networks_[network_];
}

Census::Place::~Place() {
  trust();
  --census_->count_;
}

void Census::Place::trust() {
  if (std::exchange(stranger_, false)) census_->no_stranger(network_);
}

void Census::no_stranger(const std::string& network) {
  --strangers_;
  const auto found = networks_.find(network);
  if (--found->second == 0) networks_.erase(found);
}

std::unique_ptr<Census::Place> Census::enter(std::string_view address) {
  if (count_ >= limits_.all || strangers_ >= limits_.strangers) return nullptr;
  std::string network = network_of(address);
  const auto found = networks_.find(network);
  if (found != networks_.end() && found->second >= limits_.of_one_network) return nullptr;
  return std::unique_ptr<Place>(new Place(shared_from_this(), std::move(network)));
}

}  // namespace weir::rtmp
