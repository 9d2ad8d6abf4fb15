#include "domain/text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "domain/ascii.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kUsernameLimit = 150;
constexpr std::size_t kEmailLimit = 254;

Error invalid(std::string_view field, std::string_view reason) {
  return Error{Errc::InvalidInput, std::string(field), std::string(reason)};
}

bool is_control(char c) {
  return (c >= 0 && c < 0x20) || c == 0x7F;
}

/// Bytes of the well-formed UTF-8 sequence at the start of `text` (RFC 3629 section 4), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto in = [&](std::size_t i, int low, int high) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const auto tail = [&](std::size_t i) { return in(i, 0x80, 0xBF); };
  const std::uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first == 0xE0) return in(1, 0xA0, 0xBF) && tail(2) ? 3 : 0;
  if (first == 0xED) return in(1, 0x80, 0x9F) && tail(2) ? 3 : 0;  // no surrogates
  if (first >= 0xE1 && first <= 0xEF) return tail(1) && tail(2) ? 3 : 0;
  if (first == 0xF0) return in(1, 0x90, 0xBF) && tail(2) && tail(3) ? 4 : 0;
  if (first >= 0xF1 && first <= 0xF3) return tail(1) && tail(2) && tail(3) ? 4 : 0;
  if (first == 0xF4) return in(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : 0;
  return 0;
}

/// U+0080 to U+009F: control characters that take two bytes.
bool is_c1_control(std::string_view sequence) {
  return sequence.size() == 2 && sequence[0] == '\xC2' &&
         static_cast<std::uint8_t>(sequence[1]) < 0xA0;
}

/// What breaks a line, or turns the direction of the text around it: a name with one would
/// rearrange the list that it stands in (U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069;
/// CVE-2021-42574).
bool is_layout_control(std::string_view sequence) {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto last = static_cast<std::uint8_t>(sequence[2]);
  if (sequence[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
  return sequence[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

/// Labels separated by single dots, each of letters, digits and inner hyphens.
bool is_domain(std::string_view domain) {
  char previous = '.';
  for (const char c : domain) {
    if (c == '.' || c == '-') {
      if (previous == '.' || (c == '.' && previous == '-')) return false;
    } else if (!is_alphanumeric(c)) {
      return false;
    }
    previous = c;
  }
  return is_alphanumeric(previous) && domain.find('.') != std::string_view::npos;
}

std::string rfc3339_of(Instant instant, bool with_micros) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 64> buffer{};
  int length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  std::string text(buffer.data(), static_cast<std::size_t>(length));
  if (with_micros) {
    length = std::snprintf(buffer.data(), buffer.size(), ".%06d",
                           static_cast<int>(time.subseconds().count()));
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  return text + 'Z';
}

}  // namespace

bool is_clean_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0 || text[0] == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::string printable_excerpt(std::string_view text, std::size_t limit) {
  std::string excerpt;
  for (std::size_t count = 0; !text.empty() && count < limit; ++count) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    const bool printable = length != 0 && !is_control(text[0]) && !is_c1_control(sequence) &&
                           !is_layout_control(sequence);
    excerpt += printable ? sequence : std::string_view("?");
    text.remove_prefix(sequence.size());
  }
  return excerpt;
}

Outcome check_username(std::string_view username) {
  if (username.empty()) return invalid("username", "too_short");
  if (username.size() > kUsernameLimit) return invalid("username", "too_long");
  for (const char c : username) {
    if (!is_alphanumeric(c) && std::string_view("._@+-").find(c) == std::string_view::npos)
      return invalid("username", "invalid_characters");
  }
  return done;
}

Outcome check_email(std::string_view email) {
  if (email.size() < 3) return invalid("email", "too_short");
  if (email.size() > kEmailLimit) return invalid("email", "too_long");
  for (const char c : email) {
    if (c <= ' ' || c >= 0x7F) return invalid("email", "invalid_characters");
  }
  const std::size_t at = email.find('@');
  if (at == 0 || at == std::string_view::npos || !is_domain(email.substr(at + 1)))
    return invalid("email", "invalid");
  return done;
}

Outcome check_label(std::string_view field, std::string_view text, std::size_t limit) {
  if (text.empty()) return invalid(field, "too_short");
  // Bytes before code points, so that the work is bounded; no code point takes more than four.
  if (text.size() > limit * 4) return invalid(field, "too_long");
  if (!is_clean_text(text)) return invalid(field, "invalid_characters");
  const std::size_t length = code_points(text);
  if (length > limit) return invalid(field, "too_long");
  if (printable_excerpt(text, length) != text) return invalid(field, "invalid_characters");
  return done;
}

std::string fold(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (is_upper(c)) c = static_cast<char>(c + ('a' - 'A'));
  }
  return folded;
}

std::string rfc3339_micros(Instant instant) {
  return rfc3339_of(instant, true);
}
std::string rfc3339(Instant instant) {
  return rfc3339_of(instant, false);
}

}  // namespace postern::domain
