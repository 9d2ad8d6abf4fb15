#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace postern::domain {

/// Text that must not be seen: a password, a token, an API key. It cannot be printed, compares in
/// constant time, and is wiped when it goes. What reveal() returns must not be stored or logged.
/// NOT protected: copies made by the libraries that carry it in and out (libfcgi, jsoncpp).
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::size_t size() const { return text_.size(); }

  /// Time depends on the lengths alone.
  [[nodiscard]] bool equals(std::string_view other) const;

 private:
  void wipe() noexcept;
  std::string text_;
};

/// Constant-time comparison of two byte strings of equal, public length.
[[nodiscard]] bool constant_time_equal(std::span<const std::uint8_t> a,
                                       std::span<const std::uint8_t> b);

}  // namespace postern::domain
