#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace postern::fcgi {

/// Draws request ids: 128 bits from getrandom(2) in hexadecimal, a page's worth at a time. Made
/// after the fork, so that no two processes hand out the same.
class RequestIds {
 public:
  [[nodiscard]] std::string next();

 private:
  std::array<unsigned char, 1024> pool_{};
  std::size_t used_ = sizeof(pool_);
};

}  // namespace postern::fcgi
