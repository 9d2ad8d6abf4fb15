#include "domain/secret.hpp"

#include <sodium.h>

#include <utility>

namespace postern::domain {

// A moved-from std::string may keep its characters (short ones live inside the object), so moves
// wipe what they leave behind.
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

Secret::~Secret() {
  wipe();
}

bool Secret::equals(std::string_view other) const {
  return text_.size() == other.size() &&
         sodium_memcmp(text_.data(), other.data(), other.size()) == 0;
}

void Secret::wipe() noexcept {
  // Up to the capacity: a string that shrank still holds its old end. resize() within the capacity
  // neither allocates nor throws.
  text_.resize(text_.capacity());
  sodium_memzero(text_.data(), text_.size());
  text_.clear();
}

bool constant_time_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace postern::domain
