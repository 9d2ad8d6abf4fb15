#include "domain/common_passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "domain/text.hpp"

// The file as it is: 400 KB as an array of C++ would cost every build more than all of this
// program.
__asm__(
    ".section .rodata\n"
    ".global postern_common_passwords_begin\n"
    ".global postern_common_passwords_end\n"
    "postern_common_passwords_begin:\n"
    ".incbin \"" POSTERN_COMMON_PASSWORDS
    "\"\n"
    "postern_common_passwords_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const std::uint8_t postern_common_passwords_begin[];
extern "C" const std::uint8_t postern_common_passwords_end[];

namespace postern::domain {
namespace {

constexpr std::string_view kMagic = "PCOMPW1\n";
constexpr std::size_t kBuckets = 65536;
constexpr std::size_t kEntryBytes = 3;
constexpr std::size_t kHeader = kMagic.size() + 4;

/// Entries of one bucket stand together, sorted; where they begin is counted once a process.
class Table {
 public:
  Table() {
    const std::span<const std::uint8_t> file(postern_common_passwords_begin,
                                             postern_common_passwords_end);
    if (file.size() < kHeader + kBuckets) throw std::logic_error("common passwords: cut short");
    const auto counts = file.subspan(kHeader, kBuckets);
    entries_ = file.subspan(kHeader + kBuckets);
    for (std::size_t i = 0; i < kBuckets; ++i) first_[i + 1] = first_[i] + counts[i];
    if (entries_.size() != first_.back() * kEntryBytes)
      throw std::logic_error("common passwords: sizes differ");
  }

  [[nodiscard]] bool holds(std::size_t bucket, std::span<const std::uint8_t> entry) const {
    for (std::size_t i = first_[bucket]; i < first_[bucket + 1]; ++i) {
      const auto each = entries_.subspan(i * kEntryBytes, kEntryBytes);
      if (std::equal(each.begin(), each.end(), entry.begin())) return true;
    }
    return false;
  }

 private:
  std::vector<std::uint32_t> first_ = std::vector<std::uint32_t>(kBuckets + 1);
  std::span<const std::uint8_t> entries_;
};

}  // namespace

bool is_common_password(std::string_view password) {
  static const Table kTable;
  const std::string folded = fold(password);
  std::array<std::uint8_t, 16> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(folded.data()), folded.size(), nullptr,
                     0);
  const std::size_t bucket = static_cast<std::size_t>(digest[0]) << 8U | digest[1];
  return kTable.holds(bucket, std::span(digest).subspan(2, kEntryBytes));
}

}  // namespace postern::domain
