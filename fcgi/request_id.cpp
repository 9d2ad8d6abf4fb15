#include "fcgi/request_id.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace postern::fcgi {

std::string RequestIds::next() {
  constexpr std::size_t kBytes = 16;
  constexpr char kDigits[] = "0123456789abcdef";
  if (used_ + kBytes > pool_.size()) {
    for (std::size_t have = 0; have < pool_.size();) {
      const ssize_t got = getrandom(pool_.data() + have, pool_.size() - have, 0);
      if (got > 0) {
        have += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
      }
    }
    used_ = 0;
  }
  std::string id;
  id.reserve(2 * kBytes);
  for (std::size_t i = 0; i < kBytes; ++i) {
    const unsigned char byte = pool_[used_++];
    id.push_back(kDigits[byte >> 4]);
    id.push_back(kDigits[byte & 15]);
  }
  return id;
}

}  // namespace postern::fcgi
